# Serological status of 842 cattle in 15 herds and four periods: the counts are those of lme4::cbpp (Lesnoff et al.
# 2004). glmer: maximum likelihood, 25-point quadrature. posterior: that likelihood times the package's priors,
# Beta(1/2, 1/2) on the share at the averages of the predictors, Logistic(0, 1) coefficients, half-normal(0, 1) spread.
# Rscript regression_groups.R > regression_groups.csv; the counts go to regression_groups_counts.csv.
suppressMessages(library(lme4))
version <- function(p) paste(p, as.character(packageVersion(p)))
cat("# ", paste(R.version.string, version("lme4"), sep = "; "), "\n", sep = "")
cat("method,term,value,error,lower,upper\n")
show <- function(...) cat(paste(..., sep = ","), "\n", sep = "")
digits <- function(x) format(x, digits = 8)
file <- "regression_groups_counts.csv"
cat("# herd, period, cattle that tested positive, cattle tested (lme4::cbpp).\n", file = file)
suppressWarnings(write.table(cbpp[, c("herd", "period", "incidence", "size")], file, sep = ",", quote = FALSE,
                             row.names = FALSE, append = TRUE))
fit <- glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial, nAGQ = 25)
for (k in 2:4) {
  row <- summary(fit)$coefficients[k, ]
  show("glmer", paste0("period", k), digits(row[1]), digits(row[2]), "", "")
}
show("glmer", "sd", digits(sqrt(VarCorr(fit)$herd[1])), "", "", "")

# The priors times the likelihood that lme4 integrates over the herds, by importance sampling from a t distribution.
x <- model.matrix(~ period, cbpp)[, -1]
cbpp[colnames(x)] <- sweep(x, 2, colSums(x * cbpp$size) / sum(cbpp$size))
deviance <- glmer(cbind(incidence, size - incidence) ~ period2 + period3 + period4 + (1 | herd), cbpp, binomial,
                  nAGQ = 25, devFunOnly = TRUE)
height <- function(p) {  # level, three periods, log of the spread
  s <- exp(p[5])
  -deviance(c(s, p[1:4])) / 2 + 0.5 * plogis(p[1], log.p = TRUE) + 0.5 * plogis(-p[1], log.p = TRUE) +
    sum(dlogis(p[2:4], log = TRUE)) + dnorm(s, log = TRUE) + p[5]
}
best <- optim(c(-2, -1, -1, -1.5, log(0.6)), function(p) -height(p), method = "BFGS", hessian = TRUE)
set.seed(1)
draws <- 60000; freedom <- 5
root <- t(chol(solve(best$hessian)))
z <- matrix(rnorm(5 * draws), 5); w <- sqrt(freedom / rchisq(draws, freedom))
points <- best$par + root %*% sweep(z, 2, w, "*")
proposed <- -(freedom + 5) / 2 * log1p(colSums(sweep(z, 2, w, "*")^2) / freedom)
weight <- apply(points, 2, height) - proposed
weight <- exp(weight - max(weight)); weight <- weight / sum(weight)
points[5, ] <- exp(points[5, ])
size <- 1 / sum(weight^2)
for (k in 2:5) {
  order <- order(points[k, ]); below <- cumsum(weight[order])
  at <- sapply(c(0.025, 0.5, 0.975), function(p) points[k, order][which(below >= p)[1]])
  middle <- sum(weight * points[k, ]); sd <- sqrt(sum(weight * (points[k, ] - middle)^2))
  show("posterior", if (k == 5) "sd" else paste0("period", k), digits(at[2]), digits(sd / sqrt(size)), digits(at[1]),
       digits(at[3]))
}
