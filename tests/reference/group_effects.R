# An independent sampler of a model with a group effect: Rscript group_effects.R > group_effects.csv
# lme4::cbpp (serological incidence in 15 herds over four periods): incidence ~ period + (1 | herd), logit, by
# rstanarm::stan_glmer with priors that this package has, too: intercept at the averages of the predictors N(0, 1.5),
# coefficients N(0, 1) on the log odds, standard deviation half-normal(0, 1) written as decov with one group term:
# decov(1, 1, shape, scale) is a gamma, so the half-normal is put in by importance weights on the draws of a gamma.
suppressMessages({library(rstanarm); library(lme4)})
options(mc.cores = 1)
version <- function(p) paste(p, as.character(packageVersion(p)))
cat("# ", paste(R.version.string, version("rstanarm"), version("lme4"), version("rstan"), sep = "; "), "\n", sep = "")
cbpp$period <- factor(cbpp$period)
fit <- stan_glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), data = cbpp, family = binomial,
                  prior = normal(0, 1, autoscale = FALSE), prior_intercept = normal(0, 1.5, autoscale = FALSE),
                  prior_covariance = decov(regularization = 1, concentration = 1, shape = 1, scale = 1),
                  chains = 4, iter = 26000, warmup = 1000, seed = 1, refresh = 0)
draws <- as.matrix(fit)
sd <- sqrt(draws[, "Sigma[herd:(Intercept),(Intercept)]"])
w <- exp(dnorm(sd, 0, 1, log = TRUE) - dexp(sd, 1, log = TRUE)); w <- w / sum(w)
# rstanarm's intercept is that of the uncentred model; theirs is at the averages over rows (herds by periods)
at <- colMeans(model.matrix(~ period, cbpp))[-1]
level <- draws[, "(Intercept)"] + draws[, c("period2", "period3", "period4")] %*% at
table <- cbind(level = as.vector(level), draws[, c("period2", "period3", "period4")], sd = sd,
               herd1 = draws[, "b[(Intercept) herd:1]"], herd8 = draws[, "b[(Intercept) herd:8]"])
quantile_of <- function(x, q) { o <- order(x); x[o][which(cumsum(w[o]) >= q)[1]] }
cat("item,mean,deviation,q05,q50,q95,effective\n")
for (name in colnames(table)) {
  x <- table[, name]; m <- sum(w * x)
  ess <- 1 / sum(w^2) / length(w) * min(posterior::ess_mean(matrix(x, ncol = 4)), length(x))
  cat(name, format(c(m, sqrt(sum(w * (x - m)^2)), quantile_of(x, .05), quantile_of(x, .5), quantile_of(x, .95), ess), digits = 6, trim = TRUE), sep = ",")
  cat("\n")
}
