# Reference values for differences of two shares of the same people, by published software.
# Run: Rscript pairs.R   (writes pairs.csv beside this script)
# b gave the first answer alone, c the second alone, of n. Tango: PropCIs::scoreci.mp (iterative, 1e-7) and
# ratesci::pairbinci (closed form, Chang et al. 2024); Bonett-Price: ratesci; McNemar: stats::binom.test, mid-p by hand.
library(PropCIs); library(ratesci)
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", args[grep("^--file=", args)])))
tables <- list(c(14, 10, 49), c(4, 0, 49), c(14, 3, 49), c(3, 14, 49), c(0, 0, 49), c(7, 0, 7), c(1, 0, 1), c(0, 1, 1),
               c(24, 24, 48), c(0, 3, 10), c(1, 12, 44), c(5, 2, 7), c(27, 14, 49), c(11, 13, 49), c(0, 49, 49),
               c(1, 7, 21), c(6, 16, 75), c(60, 41, 500), c(2, 2, 24))
rows <- list()
for (x in tables) for (level in c(0.9, 0.95, 0.99)) {
  b <- x[1]; c <- x[2]; n <- x[3]
  tango <- -rev(scoreci.mp(b, c, n, level)$conf.int)
  rest <- c(0, b, c, n - b - c)
  # ratesci 1.0 has two rates in the order (both, first, second, neither)
  closed <- pairbinci(x = rest, level = level, contrast = "RD", method = "Score_closed", skew = FALSE, bcf = FALSE, precis = 10)$estimates
  wald <- pairbinci(x = rest, level = level, contrast = "RD", method = "BP", precis = 10)$estimates
  exact <- if (b + c == 0) 1 else binom.test(b, b + c)$p.value
  mid <- if (b + c == 0) 1 else min(1, 2 * pbinom(min(b, c), b + c, 0.5) - dbinom(min(b, c), b + c, 0.5))
  rows[[length(rows) + 1]] <- data.frame(b = b, c = c, n = n, level = level,
    tango_lower = tango[1], tango_upper = tango[2], closed_lower = closed[1], closed_upper = closed[3],
    price_lower = max(wald[1], -1), price_upper = min(wald[3], 1), exact = exact, mid = mid)
}
stamp <- paste0("# ", R.version.string, paste0(", package ", c("PropCIs", "ratesci"), " ",
                sapply(c("PropCIs", "ratesci"), function(p) as.character(packageVersion(p))), collapse = ""))
path <- file.path(here, "pairs.csv")
writeLines(stamp, path)
found <- do.call(rbind, rows)
found[-(1:4)] <- lapply(found[-(1:4)], function(v) sprintf("%.10f", v))
suppressWarnings(write.table(found, path, append = TRUE, sep = ",", row.names = FALSE, quote = FALSE))
