# Reference fits of the tables in regression_tables.csv: Rscript regression_engines.R > regression_engines.csv
# ml: ordinal::clm with profile limits (two categories: glm). firth: brglm2, with limits of the penalised profile by optim.
# log-f: the penalised likelihood written out here and maximised by optim; for two categories also glm on pseudo-data.
suppressMessages({library(ordinal); library(brglm2)})
version <- function(p) paste(p, as.character(packageVersion(p)))
cat("# ", paste(R.version.string, version("ordinal"), version("brglm2"), sep = "; "), "\n", sep = "")
cat("table,method,term,value,lower,upper,loglik\n")
tables <- read.csv("regression_tables.csv", comment.char = "#")
show <- function(...) cat(paste(..., sep = ","), "\n", sep = "")
digits <- function(x) format(x, digits = 10)
half <- qchisq(0.95, 1) / 2

long <- function(part) {
  rows <- do.call(rbind, lapply(seq_len(nrow(part)), function(i)
    data.frame(x1 = part$x1[i], x2 = part$x2[i], y = 1:5, n = unlist(part[i, paste0("n", 1:5)]))))
  rows <- rows[rows$n > 0, ]
  rows$y <- as.integer(factor(rows$y))
  rows
}
terms_of <- function(rows) if (length(unique(rows$x2)) > 1) c("x1", "x2") else "x1"

likelihood <- function(rows, terms, cuts, slopes) {
  eta <- as.matrix(rows[terms]) %*% slopes
  z <- c(-Inf, cuts, Inf)
  sum(rows$n * log(plogis(z[rows$y + 1] - eta) - plogis(z[rows$y] - eta)))
}
logf <- function(b) sum(b / 2 - log1p(exp(b)))
firth <- function(rows, terms, cuts, slopes) {
  design <- cbind(1, -as.matrix(rows[terms]))
  p <- plogis(design %*% c(cuts, slopes))
  0.5 * as.numeric(determinant(t(design) %*% (design * as.vector(rows$n * p * (1 - p))))$modulus)
}

highest <- function(rows, terms, penalty, fixed = NULL, at = 0) {
  k <- max(rows$y) - 1
  free <- setdiff(seq_along(terms), fixed)
  part <- function(par) {
    cuts <- cumsum(c(par[1], exp(par[seq_len(k - 1) + 1])))
    slopes <- numeric(length(terms)); slopes[free] <- par[-seq_len(k)]; slopes[fixed] <- at
    list(cuts = cuts, slopes = slopes)
  }
  goal <- function(par) { p <- part(par); v <- likelihood(rows, terms, p$cuts, p$slopes) + penalty(rows, terms, p$cuts, p$slopes)
    if (is.finite(v)) -v else 1e10 }
  shares <- cumsum(tapply(rows$n, rows$y, sum)) / sum(rows$n)
  start <- qlogis(shares[seq_len(k)])
  par <- c(start[1], log(diff(start)), numeric(length(free)))
  for (i in 1:6) par <- optim(par, goal, method = "BFGS", control = list(reltol = 1e-15, maxit = 5000, ndeps = rep(1e-5, length(par))))$par
  c(list(value = -goal(par)), part(par))
}
limits <- function(rows, terms, penalty, best, j) {
  drop <- function(b) best$value - highest(rows, terms, penalty, j, b)$value - half
  far <- function(side) { reach <- 1; while (drop(best$slopes[j] + side * reach) < 0) reach <- reach * 2
    sort(c(best$slopes[j], best$slopes[j] + side * reach)) }
  sapply(c(-1, 1), function(side) uniroot(drop, far(side), tol = 1e-9)$root)
}
by_hand <- function(name, method, rows, terms, penalty) {
  best <- highest(rows, terms, penalty)
  loglik <- likelihood(rows, terms, best$cuts, best$slopes)
  for (k in seq_along(best$cuts)) show(name, method, paste0("cut", k), digits(best$cuts[k]), "", "", digits(loglik))
  for (j in seq_along(terms)) {
    ends <- limits(rows, terms, penalty, best, j)
    show(name, method, terms[j], digits(best$slopes[j]), digits(ends[1]), digits(ends[2]), digits(loglik))
  }
}

for (name in unique(tables$table)) {
  rows <- long(tables[tables$table == name, ])
  terms <- terms_of(rows)
  by_hand(name, "log-f", rows, terms, function(rows, terms, cuts, slopes) logf(slopes))
  if (max(rows$y) == 2) by_hand(name, "firth", rows, terms, firth)
  if (name %in% c("wine", "none", "made", "gap")) {
    rows$y <- factor(rows$y, ordered = TRUE)
    fit <- clm(reformulate(terms, "y"), weights = n, data = rows, control = clm.control(gradTol = 1e-10))
    ends <- confint(fit, type = "profile")
    for (k in seq_along(fit$alpha)) show(name, "ml", paste0("cut", k), digits(fit$alpha[[k]]), "", "", digits(fit$logLik))
    for (term in terms) show(name, "ml", term, digits(fit$beta[[term]]), digits(ends[term, 1]), digits(ends[term, 2]), digits(fit$logLik))
  }
}
rows <- long(tables[tables$table == "seven", ])
fit <- glm(I(y == 2) ~ x1, binomial, rows, weights = n, method = "brglmFit", type = "AS_mean", epsilon = 1e-12)
show("seven", "brglm2", "x1", digits(coef(fit)[["x1"]]), "", "", "")
pseudo <- rbind(data.frame(one = 1, x1 = rows$x1, y = rows$y == 2, n = rows$n), data.frame(one = 0, x1 = 1, y = c(TRUE, FALSE), n = 0.5))
fit <- suppressWarnings(glm(y ~ 0 + one + x1, binomial, pseudo, weights = n, epsilon = 1e-14))
show("seven", "pseudo-data", "x1", digits(coef(fit)[["x1"]]), "", "", "")
