# Reference values of two groups compared, by other software: Rscript two_groups.R > two_groups.csv
# logistf 1.26.1 was installed without its imports mice and formula.tools, which the calls here do not reach.
suppressMessages({library(exact2x2); library(ratesci); library(logistf)})
cat("#", R.version.string, "exact2x2", format(packageVersion("exact2x2")), "ratesci", format(packageVersion("ratesci")),
    "logistf", format(packageVersion("logistf")), "\n")
cat("what,x1,n1,x2,n2,level,lower,upper\n")
tables <- list(c(7, 7, 28, 42), c(28, 42, 7, 7), c(3, 10, 8, 12), c(12, 24, 5, 25), c(0, 7, 3, 42), c(3, 7, 0, 42),
               c(1, 1, 0, 1), c(20, 24, 12, 25), c(60, 100, 40, 90), c(24, 24, 25, 25), c(0, 24, 0, 25), c(5, 9, 0, 9))
say <- function(what, t, level, lower, upper)
  cat(what, paste(t, collapse = ","), level, format(lower, digits = 12), format(upper, digits = 12), sep = ",", fill = FALSE, append = TRUE)
put <- function(...) { say(...); cat("\n") }

# log-F(1, 1): half a success and half a failure more at covariate 1 without the intercept (Greenland & Mansournia 2015)
logf <- function(t, level) {
  yes <- c(t[1], t[3], .5); no <- c(t[2] - t[1], t[4] - t[3], .5)
  group <- c(1, 0, 1); one <- c(1, 1, 0)
  exact <- glm.control(epsilon = 1e-15, maxit = 500)
  free <- suppressWarnings(glm(cbind(yes, no) ~ 0 + one + group, family = binomial, control = exact))
  drop <- function(b) suppressWarnings(glm(cbind(yes, no) ~ 0 + one + offset(b * group), family = binomial,
    control = exact))$deviance - free$deviance - qchisq(level, 1)
  b <- coef(free)["group"]
  c(uniroot(drop, c(b - 15, b), tol = 1e-11)$root, uniroot(drop, c(b, b + 15), tol = 1e-11)$root)
}
firth <- function(t, level) {
  d <- data.frame(y = c(1, 0, 1, 0), g = c(1, 1, 0, 0), w = c(t[1], t[2] - t[1], t[3], t[4] - t[3]))
  fit <- logistf(y ~ g, data = d, weights = w, alpha = 1 - level,
    control = logistf.control(maxit = 5000, xconv = 1e-10, lconv = 1e-10, gconv = 1e-10),
    plcontrol = logistpl.control(maxit = 10000, xconv = 1e-10, lconv = 1e-10))
  c(fit$ci.lower[2], fit$ci.upper[2])
}
# P(p1 / p2 <= r) for two independent beta posteriors, by adaptive quadrature over the quantiles of p2
jeffreys <- function(t, level) {
  a <- t[c(1, 3)] + .5; b <- t[c(2, 4)] - t[c(1, 3)] + .5
  cdf <- function(logr) integrate(function(u) pbeta(pmin(exp(logr) * qbeta(u, a[2], b[2]), 1), a[1], b[1]), 0, 1,
    rel.tol = 1e-11, subdivisions = 5000, stop.on.error = FALSE)$value
  ends <- sapply(c(1 - level, 1 + level) / 2, function(p) exp(uniroot(function(l) cdf(l) - p, c(-30, 30), tol = 1e-11)$root))
  c(if (t[1] == 0) 0 else ends[1], if (t[3] == 0) Inf else ends[2])
}
for (t in tables) for (level in c(.95, .8)) {
  x1 <- t[1]; n1 <- t[2]; x2 <- t[3]; n2 <- t[4]
  found <- scoreci(x1, n1, x2, n2, contrast = "RR", skew = FALSE, bcf = TRUE, level = level, precis = 10)$estimates
  put("ratio miettinen-nurminen", t, level, found[1, "lower"], found[1, "upper"])
  if (x1 + x2 > 0) {
    found <- moverci(x1, n1, x2, n2, contrast = "RR", type = "wilson", level = level)$estimates
    put("ratio mover-wilson", t, level, found[1, "lower"], found[1, "upper"])
  }
  found <- jeffreys(t, level); put("ratio jeffreys", t, level, found[1], found[2])
  if (!(x1 + x2) %in% c(0, n1 + n2)) {
    found <- logf(t, level); put("odds-ratio log-f", t, level, exp(found[1]), exp(found[2]))
    found <- fisher.exact(matrix(c(x1, n1 - x1, x2, n2 - x2), 2), tsmethod = "central", conf.level = level)$conf.int
    put("odds-ratio exact-conditional", t, level, found[1], found[2])
  }
  found <- firth(t, level); put("odds-ratio firth", t, level, exp(found[1]), exp(found[2]))
  each <- (1 + level) / 2
  one <- binom.test(x1, n1, conf.level = each)$conf.int; other <- binom.test(x2, n2, conf.level = each)$conf.int
  put("difference clopper-pearson", t, level, one[1] - other[2], one[2] - other[1])
}
for (t in tables) {
  x1 <- t[1]; n1 <- t[2]; x2 <- t[3]; n2 <- t[4]; m <- matrix(c(x1, n1 - x1, x2, n2 - x2), 2)
  fine <- ucControl(nPgrid = 20001)
  p <- c(
    fisher = fisher.test(m)$p.value,
    "fisher-central" = fisher.exact(m, tsmethod = "central")$p.value,
    "mid-p" = fisher.exact(m, tsmethod = "central", midp = TRUE)$p.value,
    boschloo = boschloo(x1, n1, x2, n2, tsmethod = "central", conf.int = FALSE, control = fine)$p.value,
    "boschloo-minlike" = boschloo(x1, n1, x2, n2, tsmethod = "minlike", conf.int = FALSE, control = fine)$p.value,
    "barnard-pooled" = uncondExact2x2(x1, n1, x2, n2, parmtype = "difference", method = "wald-pooled",
      tsmethod = "square", conf.int = FALSE, control = fine)$p.value,
    "barnard-unpooled" = uncondExact2x2(x1, n1, x2, n2, parmtype = "difference", method = "wald-unpooled",
      tsmethod = "square", conf.int = FALSE, control = fine)$p.value)
  for (name in names(p)) put(paste("test", name), t, .95, p[[name]], p[[name]])
}
