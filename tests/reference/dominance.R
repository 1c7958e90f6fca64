# Reference values for P(A > B) + P(A = B) / 2 of two groups on one ordered scale, by published software.
# Run: Rscript dominance.R   (writes dominance.csv beside this script)
# asht::wmwTest estimates P(X < Y) + P(X = Y) / 2: x is group B, y group A. Its variance is that of proportional odds,
# solved to 1e-3 on the log odds scale, so limits agree to about 1e-4. Brunner-Munzel by the ranks of their paper.
library(asht)
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", args[grep("^--file=", args)])))
answers <- function(counts) rep(seq_along(counts), counts)
groups <- list(list(c(2, 8, 9, 4, 1), c(1, 12, 8, 3, 1)), list(c(0, 6, 1, 0, 0), c(0, 29, 10, 3, 0)),
               list(c(1, 5, 1, 0, 0), c(2, 15, 16, 7, 2)), list(c(3, 4), c(20, 22)), list(c(5, 9), c(20, 7)),
               list(c(0, 1, 3, 2, 1), c(10, 20, 10, 2, 0)), list(c(10, 12, 6), c(4, 9, 17)),
               list(c(3, 1, 4, 1, 5, 9, 2), c(2, 7, 1, 8, 2, 8, 1)), list(c(60, 80, 40, 10), c(30, 70, 60, 35)))
rows <- list()
for (pair in groups) for (level in c(0.9, 0.95)) {
  y <- answers(pair[[1]]); x <- answers(pair[[2]])
  odds <- wmwTest(x, y, exact = FALSE, correct = FALSE, conf.level = level, control = wmwControl(Vmethod = "PO"))
  m <- length(y); n <- length(x)
  # Brunner & Munzel (2000): ranks in both groups together and in each alone.
  r <- rank(c(y, x)); ry <- r[1:m]; rx <- r[-(1:m)]
  sy <- sum((ry - rank(y) - mean(ry) + (m + 1) / 2)^2) / (m - 1)
  sx <- sum((rx - rank(x) - mean(rx) + (n + 1) / 2)^2) / (n - 1)
  theta <- (mean(ry) - (m + 1) / 2) / n
  se <- sqrt(sy / (m * n^2) + sx / (n * m^2))
  df <- (sy / n + sx / m)^2 / ((sy / n)^2 / (m - 1) + (sx / m)^2 / (n - 1))
  reach <- qt((1 + level) / 2, df) * se
  rows[[length(rows) + 1]] <- data.frame(a = paste(pair[[1]], collapse = " "), b = paste(pair[[2]], collapse = " "),
    level = level, value = odds$estimate, odds_lower = odds$conf.int[1], odds_upper = odds$conf.int[2],
    munzel_lower = max(theta - reach, 0), munzel_upper = min(theta + reach, 1))
}
path <- file.path(here, "dominance.csv")
writeLines(paste0("# ", R.version.string, ", package asht ", packageVersion("asht")), path)
found <- do.call(rbind, rows)
found[-(1:3)] <- lapply(found[-(1:3)], function(v) sprintf("%.8f", v))
suppressWarnings(write.table(found, path, append = TRUE, sep = ",", row.names = FALSE, quote = FALSE))
