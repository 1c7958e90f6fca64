# Which whole percentages each count of a base prints, by R's own rounding: a reference for feasible_counts.
# Run from this folder: Rscript feasible_counts.R
# (100 * x) / n is a correctly rounded division, so whole quotients and ties at .5 are exact in doubles.
conventions <- list(
  "half-up" = function(x) floor(x + 0.5),
  "half-even" = function(x) round(x),
  "half-down" = function(x) ceiling(x - 0.5),
  "floor" = floor,
  "ceil" = ceiling
)
rows <- list()
for (n in c(7, 8, 14, 24, 27, 36, 40, 42, 49, 51, 97, 100, 151)) {
  count <- 0:n
  for (rounding in names(conventions)) {
    percent <- conventions[[rounding]]((100 * count) / n)
    for (p in unique(percent)) {
      rows[[length(rows) + 1]] <- data.frame(
        base = n, rounding = rounding, percent = p, counts = paste(count[percent == p], collapse = " ")
      )
    }
  }
}
file <- file("feasible_counts.csv", "w")
writeLines(paste0("# ", R.version.string, ", base; made by feasible_counts.R"), file)
write.csv(do.call(rbind, rows), file, row.names = FALSE, quote = FALSE)
close(file)
