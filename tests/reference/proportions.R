# Reference values for shares and differences of shares, by base R and routes of its own.
# Run: Rscript proportions.R   [--quick]   (writes proportions, populations, finite, differences and
# multinomials.csv beside this script; --quick leaves finite.csv as it is)
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", args[grep("^--file=", args)])))
stamp <- paste0("# ", R.version.string, ", package stats ", packageVersion("stats"))
put <- function(frame, name) {
  path <- file.path(here, name)
  writeLines(stamp, path)
  suppressWarnings(write.table(format(frame, digits = 15, trim = TRUE), path, append = TRUE, sep = ",",
                               row.names = FALSE, quote = FALSE))
}
root <- function(f, low, high) uniroot(f, c(low, high), tol = 1e-14, maxiter = 10000)$root

# --- one share ---------------------------------------------------------------------------------------------
jeffreys <- function(x, n, a) c(if (x == 0) 0 else qbeta(a / 2, x + .5, n - x + .5),
                                if (x == n) 1 else qbeta(1 - a / 2, x + .5, n - x + .5))
uniform <- function(x, n, a) qbeta(c(a / 2, 1 - a / 2), x + 1, n - x + 1)
wilson <- function(x, n, a) as.numeric(suppressWarnings(prop.test(x, n, conf.level = 1 - a, correct = FALSE))$conf.int)
clopper <- function(x, n, a) as.numeric(binom.test(x, n, conf.level = 1 - a)$conf.int)
midp <- function(x, n, a) c(
  if (x == 0) 0 else root(function(p) 1 - pbinom(x, n, p) + dbinom(x, n, p) / 2 - a / 2, 1e-12, 1 - 1e-12),
  if (x == n) 1 else root(function(p) pbinom(x - 1, n, p) + dbinom(x, n, p) / 2 - a / 2, 1e-12, 1 - 1e-12))
coull <- function(x, n, a) {
  z <- qnorm(1 - a / 2); m <- (x + z^2 / 2) / (n + z^2); s <- z * sqrt(m * (1 - m) / (n + z^2))
  pmin(pmax(c(m - s, m + s), 0), 1)
}
# Blaker by its definition: the acceptability of p, scanned on a grid and refined where it first exceeds alpha.
accept <- function(p, x, n) {
  one <- function(p) {
    up <- pbinom(x - 1, n, p, lower.tail = FALSE); down <- pbinom(x, n, p)
    if (up < down) {
      k <- qbinom(up, n, p); if (pbinom(k, n, p) > up * (1 + 1e-12)) k <- k - 1
      up + (if (k < 0) 0 else pbinom(k, n, p))
    } else {
      k <- qbinom(down, n, p, lower.tail = FALSE); if (pbinom(k, n, p, lower.tail = FALSE) > down * (1 + 1e-12)) k <- k + 1
      down + (if (k >= n) 0 else pbinom(k, n, p, lower.tail = FALSE))
    }
  }
  vapply(p, one, 0)
}
blaker <- function(x, n, a) {
  edge <- function(x) {
    if (x == 0) return(0)
    start <- qbeta(a / 2, x, n - x + 1)
    grid <- seq(start, x / n, length.out = 4001)
    first <- which(accept(grid, x, n) > a + 1e-12)[1]
    low <- grid[max(first - 1, 1)]; high <- grid[first]
    for (i in 1:60) { mid <- (low + high) / 2; if (accept(mid, x, n) > a) high <- mid else low <- mid }
    high
  }
  c(edge(x), 1 - edge(n - x))
}
methods <- list(jeffreys = jeffreys, uniform = uniform, wilson = wilson, "clopper-pearson" = clopper,
                "mid-p" = midp, "agresti-coull" = coull, blaker = blaker)
rows <- list()
for (case in list(c(0, 1), c(1, 1), c(0, 7), c(3, 7), c(7, 7), c(1, 14), c(7, 24), c(12, 24), c(24, 24), c(15, 25),
                  c(36, 49), c(35, 49), c(27, 49), c(46, 49), c(0, 49), c(14, 49), c(120, 300), c(299, 300),
                  c(517, 3000)))
  for (level in c(.8, .95, .99))
    for (name in names(methods)) {
      found <- methods[[name]](case[1], case[2], 1 - level)
      rows[[length(rows) + 1]] <- data.frame(method = name, x = case[1], n = case[2], level = level,
                                             lower = found[1], upper = found[2])
    }
put(do.call(rbind, rows), "proportions.csv")

# --- the population: logit(share) - lambda, lambda ~ N(mean, tau^2) --------------------------------------------
# Route: integrate over lambda the Beta distribution function (the package sums over the share).
node <- seq(-9, 9, length.out = 1201)                                     # Simpson's rule over lambda
simpson <- c(1, rep(c(4, 2), 599), 4, 1) * (node[2] - node[1]) / 3 * dnorm(node)
cdf_at <- function(m, a, b, tau, mean) if (tau == 0) pbeta(plogis(m + mean), a, b) else
  sum(simpson * pbeta(plogis(m + mean + tau * node), a, b))
cdf <- function(q, a, b, tau, mean) cdf_at(qlogis(q), a, b, tau, mean)
quantile <- function(p, a, b, tau, mean)
  plogis(root(function(m) cdf_at(m, a, b, tau, mean) - p, -60, 60))
rows <- list()
for (case in list(c(35, 49), c(27, 49), c(46, 49), c(0, 49), c(7, 7), c(1, 3), c(300, 1000)))
  for (tau in c(.25, .35, .5, 1, 1.5)) for (mean in c(0, .3)) {
    a <- case[1] + .5; b <- case[2] - case[1] + .5
    lower <- quantile(.025, a, b, tau, mean); upper <- 1 - quantile(.025, b, a, tau, -mean)
    rows[[length(rows) + 1]] <- data.frame(x = case[1], n = case[2], tau = tau, mean = mean, lower = lower,
      median = quantile(.5, a, b, tau, mean), upper = upper, above = 1 - cdf(.5, a, b, tau, mean))
  }
put(do.call(rbind, rows), "populations.csv")

# --- a finite population: K = x + Bin(N - n, share among the rest), by summing the mixture over its law ---------
if (!"--quick" %in% args) {  # about half a minute
rows <- list()
z <- seq(-9, 9, length.out = 241); w <- dnorm(z) / sum(dnorm(z))
for (case in list(c(35, 49), c(7, 7), c(46, 49))) for (size in c(60, 100, 200, 1000)) for (tau in c(0, .5, 1)) {
  x <- case[1]; n <- case[2]; m <- size - n
  if (tau == 0) {
    k <- 0:m
    mass <- exp(lchoose(m, k) + lbeta(x + .5 + k, n - x + .5 + m - k) - lbeta(x + .5, n - x + .5))
  } else {
    # share = Beta quantiles at midpoints, logit shifted; Riemann sums in both, fine enough for integer quantiles
    u <- (seq_len(4000) - .5) / 4000; l <- qlogis(pmin(qbeta(u, x + .5, n - x + .5), 1 - 1e-16))
    mass <- rep(0, m + 1)
    for (i in seq_along(z)[w > 1e-9]) {
      h <- hist(plogis(l - tau * z[i]), breaks = seq(0, 1, length.out = 2001), plot = FALSE)
      keep <- h$counts > 0
      p <- h$mids[keep]
      mass <- mass + w[i] * as.numeric(vapply(p, function(q) dbinom(0:m, m, q), numeric(m + 1)) %*% (h$counts[keep] / 4000))
    }
  }
  total <- cumsum(mass)
  low <- which(total >= .025)[1] - 1; high <- which(total >= .975)[1] - 1
  rows[[length(rows) + 1]] <- data.frame(x = x, n = n, size = size, tau = tau, lower = x + low,
    upper = x + high, below = if (low > 0) total[low] else 0, at = total[low + 1])
}
put(do.call(rbind, rows), "finite.csv")
}

# --- two groups ---------------------------------------------------------------------------------------------
# Jeffreys: where the inner probability is strictly between 0 and 1, with p = low + (high - low) sin^2 t, which turns
# the square-root ends into whole powers: the midpoint rule then converges fast.
mid <- (seq_len(4000) - .5) / 4000 * pi / 2
rd <- function(d, a1, b1, a2, b2) {
  low <- max(0, d); high <- min(1, 1 + d)
  p <- low + (high - low) * sin(mid)^2
  f <- dbeta(p, a1, b1) * pbeta(p - d, a2, b2, lower.tail = FALSE) * 2 * (high - low) * sin(mid) * cos(mid)
  sum(f) * pi / 2 / 4000 + if (d > 0) pbeta(d, a1, b1) else 0
}
jeffreys2 <- function(t, a) vapply(c(a / 2, 1 - a / 2), function(p) root(function(d)
  rd(d, t[1] + .5, t[2] - t[1] + .5, t[3] + .5, t[4] - t[3] + .5) - p, -.99999, .99999), 0)
newcombe <- function(t, a) {
  w1 <- wilson(t[1], t[2], a); w2 <- wilson(t[3], t[4], a); p1 <- t[1] / t[2]; p2 <- t[3] / t[4]
  c(p1 - p2 - sqrt((p1 - w1[1])^2 + (w2[2] - p2)^2), p1 - p2 + sqrt((w1[2] - p1)^2 + (p2 - w2[1])^2))
}
# Miettinen-Nurminen: the restricted likelihood maximised numerically, not by the cubic.
mn <- function(t, a) {
  z <- qnorm(1 - a / 2); n <- t[2] + t[4]; d0 <- t[1] / t[2] - t[3] / t[4]
  score <- function(d) {
    ll <- function(p) {
      part <- function(x, q) if (x == 0) 0 else x * log(q)
      part(t[1], p + d) + part(t[2] - t[1], 1 - p - d) + part(t[3], p) + part(t[4] - t[3], 1 - p)
    }
    ends <- c(max(0, -d), min(1, 1 - d))
    p <- optimize(ll, ends, maximum = TRUE, tol = 1e-13)$maximum
    # polish by the derivative's root, where it changes sign
    g <- function(p) t[1] / (p + d) - (t[2] - t[1]) / (1 - p - d) + t[3] / p - (t[4] - t[3]) / (1 - p)
    e <- ends + c(1, -1) * 1e-11
    if (all(is.finite(g(e))) && g(e[1]) > 0 && g(e[2]) < 0) p <- root(g, e[1], e[2])
    else p <- ends[which.max(c(ll(ends[1] + 1e-13), ll(ends[2] - 1e-13)))]
    v <- ((p + d) * (1 - p - d) / t[2] + p * (1 - p) / t[4]) * n / (n - 1)
    (d0 - d) / sqrt(v)
  }
  c(if (d0 <= -1) -1 else root(function(d) score(d) - z, -1 + 1e-9, d0 - 1e-9),
    if (d0 >= 1) 1 else root(function(d) score(d) + z, d0 + 1e-9, 1 - 1e-9))
}
caffo <- function(t, a) {
  p <- (t[c(1, 3)] + 1) / (t[c(2, 4)] + 2)
  s <- qnorm(1 - a / 2) * sqrt(sum(p * (1 - p) / (t[c(2, 4)] + 2)))
  pmin(pmax(p[1] - p[2] + c(-s, s), -1), 1)
}
rows <- list()
for (t in list(c(7, 7, 28, 42), c(28, 42, 7, 7), c(56, 70, 48, 80), c(8, 24, 14, 25), c(9, 10, 3, 10), c(2, 7, 11, 42),
               c(5, 9, 4, 9)))
  for (level in c(.9, .95)) for (name in c("jeffreys", "newcombe", "miettinen-nurminen", "agresti-caffo")) {
    found <- list(jeffreys = jeffreys2, newcombe = newcombe, "miettinen-nurminen" = mn, "agresti-caffo" = caffo)[[name]](t, 1 - level)
    rows[[length(rows) + 1]] <- data.frame(method = name, x1 = t[1], n1 = t[2], x2 = t[3], n2 = t[4], level = level,
      lower = found[1], upper = found[2],
      above = 1 - rd(0, t[1] + .5, t[2] - t[1] + .5, t[3] + .5, t[4] - t[3] + .5))
  }
put(do.call(rbind, rows), "differences.csv")

# --- all shares jointly: Goodman (1965) from its own quadratic, Bonferroni-Clopper-Pearson --------------------
rows <- list()
for (counts in list(c(11, 13, 9, 1, 15), c(3, 20, 17, 7, 2), c(56, 72, 73, 59, 62, 87, 58), c(23, 12, 44), c(0, 7, 0)))
  for (level in c(.9, .95)) {
    n <- sum(counts); k <- length(counts); A <- qchisq(1 - (1 - level) / k, 1)
    spread <- sqrt(A * (A + 4 * counts * (n - counts) / n))
    exact <- vapply(counts, function(x) as.numeric(binom.test(x, n, conf.level = 1 - (1 - level) / k)$conf.int), c(0, 0))
    rows[[length(rows) + 1]] <- data.frame(counts = paste(counts, collapse = " "), place = seq_along(counts) - 1,
      level = level, goodman_lower = (A + 2 * counts - spread) / (2 * (n + A)),
      goodman_upper = (A + 2 * counts + spread) / (2 * (n + A)), exact_lower = exact[1, ], exact_upper = exact[2, ])
  }
put(do.call(rbind, rows), "multinomials.csv")
