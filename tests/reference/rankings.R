# Reference values for joint rank sets and for the conditional Bernoulli model, by published software.
# Run: Rscript rankings.R   (writes rankings.csv, rank_intervals.csv and conditional_bernoulli.csv beside this script)
# rank_intervals: the rule and the data of Klein, Wright & Wieczorek (2020), figure 1, as in the vignette "joint" of
# RankingProject, with Bonferroni limits that are not rounded, so that "<=" there and "<" here are the same.
library(RankingProject); library(csranks); library(sampling); library(survival)
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", args[grep("^--file=", args)])))
stamp <- function(...) paste0("# ", R.version.string, paste0(", package ", c(...), " ", sapply(c(...), function(p) as.character(packageVersion(p))), collapse = ""))
put <- function(frame, name, ...) {
  path <- file.path(here, name)
  writeLines(stamp(...), path)
  suppressWarnings(write.table(frame, path, append = TRUE, sep = ",", row.names = FALSE, quote = FALSE))
}

# --- ranks from intervals: 51 states ---------------------------------------------------------------------------
data(TravelTime2011)
alpha <- 0.1; n <- nrow(TravelTime2011)
z <- qnorm(1 - alpha / (2 * n))
low <- TravelTime2011$Estimate.2dec - z * TravelTime2011$SE.2dec
high <- TravelTime2011$Estimate.2dec + z * TravelTime2011$SE.2dec
first <- last <- integer(n)
for (ii in 1:n) {  # the lines of the vignette
  SigDiffLo <- sum(high <= low[ii]); SigDiffHi <- sum(low >= high[ii])
  NotSigDiff <- (SigDiffLo + 1):(n - SigDiffHi)
  first[ii] <- min(NotSigDiff); last[ii] <- max(NotSigDiff)
}
put(data.frame(state = TravelTime2011$Abbreviation, lower = sprintf("%.10f", low), upper = sprintf("%.10f", high),
               first = first, last = last), "rank_intervals.csv", "RankingProject")

# --- one answer each: finite-sample sets for multinomial counts --------------------------------------------------
tables <- list(c(27, 14, 8), c(3, 20, 17, 7, 2), c(11, 13, 9, 1, 15), c(20, 20, 9), c(0, 0, 49), c(14, 15, 1, 9, 10, 0),
               c(210, 190, 60, 30, 10), c(60, 40, 22, 17, 9, 5, 2, 1, 0, 0), c(5, 5, 5, 5), c(400, 350, 330, 90, 80, 20, 3))
rows <- list()
for (x in tables) for (coverage in c(0.8, 0.95, 0.99)) {
  found <- csranks_multinom(x, coverage = coverage, simul = TRUE, multcorr = "Holm")
  rows[[length(rows) + 1]] <- data.frame(counts = paste(x, collapse = " "), level = coverage,
                                         first = paste(found$L, collapse = " "), last = paste(found$U, collapse = " "))
}
put(do.call(rbind, rows), "rankings.csv", "csranks")

# --- conditional Bernoulli: inclusion of pairs at maximum entropy; and maximum likelihood from rows ------------------
rows <- list()
number <- function(x) paste(sprintf("%.12f", x), collapse = " ")
for (case in list(list(c(35, 30, 24, 18, 14, 12, 9, 5), 49), list(c(46, 43, 18, 14, 10, 9, 7), 49),
                  list(c(24, 21, 11, 6, 5, 3, 2, 2, 1, 0), 25), list(c(9, 8, 7, 6), 15), list(c(49, 40, 31, 17, 10), 49))) {
  x <- case[[1]]; base <- case[[2]]
  pik <- x / base
  inside <- pik > 0 & pik < 1
  tilde <- UPMEpiktildefrompik(pik[inside], eps = 1e-13)
  rows[[length(rows) + 1]] <- data.frame(
    route = "sampling", counts = paste(x, collapse = " "), base = base, chosen = round(sum(pik)),
    scores = number(log(tilde / (1 - tilde)) - mean(log(tilde / (1 - tilde)))),
    pairs = number(UPMEpik2frompikw(pik[inside], tilde / (1 - tilde))[lower.tri(diag(sum(inside)))]))
}
set.seed(3)
for (case in list(c(6, 2, 40), c(8, 3, 49), c(5, 2, 200))) {
  m <- case[1]; k <- case[2]; base <- case[3]
  weight <- exp(rnorm(m))
  answers <- t(replicate(base, as.integer(1:m %in% sample(m, k, prob = weight))))
  rows_ <- data.frame(y = as.vector(t(answers)), item = factor(rep(1:m, base)), person = rep(1:base, each = m))
  fit <- clogit(y ~ item + strata(person), rows_, method = "exact", control = coxph.control(eps = 1e-13, iter.max = 100))
  scores <- c(0, coef(fit))
  rows[[length(rows) + 1]] <- data.frame(route = "survival", counts = paste(colSums(answers), collapse = " "), base = base,
                                         chosen = k, scores = number(scores - mean(scores)), pairs = "")
}
put(do.call(rbind, rows), "conditional_bernoulli.csv", "sampling", "survival")
