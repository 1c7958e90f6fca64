# Reference fits of public data: Rscript regression_public.R > regression_public.csv
# housing: MASS::housing, satisfaction of 1,681 householders (Madsen 1976): polr and, at each cut, glm, with profile
# limits. endometrial: brglm2::endometrial (Heinze and Schemper 2002), separated; birthwt: MASS::birthwt (Hosmer and
# Lemeshow 1989): logistf and brglm2. picks: made here with a seed, 45 people choosing 3 of 6: survival::clogit, exact.
# Their counts and rows are written to regression_public_rows.csv: the columns x1 to x7, the answer y, how many n.
suppressMessages({library(MASS); library(logistf); library(brglm2); library(survival)})
version <- function(p) paste(p, as.character(packageVersion(p)))
cat("# ", paste(R.version.string, version("MASS"), version("logistf"), version("brglm2"), version("survival"),
                sep = "; "), "\n", sep = "")
cat("data,method,term,value,lower,upper\n")
show <- function(...) cat(paste(..., sep = ","), "\n", sep = "")
digits <- function(x) format(x, digits = 10)
file <- "regression_public_rows.csv"
cat("# Rows of regression_public.R.\ndata,x1,x2,x3,x4,x5,x6,y,n\n", file = file)
keep <- function(data, x, y, n = 1) {
  x <- cbind(as.matrix(x), matrix(0, nrow(x), 6 - ncol(x)))
  write.table(cbind(data, x, y, n), file, sep = ",", quote = FALSE, row.names = FALSE, col.names = FALSE, append = TRUE)
}

x <- model.matrix(~ Infl + Type + Cont, housing)[, -1]
keep("housing", x, as.integer(housing$Sat) - 1, housing$Freq)
fit <- polr(Sat ~ Infl + Type + Cont, housing, weights = Freq, Hess = TRUE, control = list(reltol = 1e-14))
ends <- suppressMessages(confint(fit))
for (j in 1:6) show("housing", "polr", paste0("x", j), digits(coef(fit)[j]), digits(ends[j, 1]), digits(ends[j, 2]))
for (k in 1:2) show("housing", "polr", paste0("cut", k), digits(fit$zeta[k]), "", "")
show("housing", "polr", "loglik", digits(-fit$deviance / 2), "", "")
for (k in 1:2) {
  one <- glm(as.integer(Sat) > k ~ Infl + Type + Cont, binomial, housing, weights = Freq, epsilon = 1e-12)
  ends <- suppressMessages(confint(one))
  for (j in 1:6)
    show("housing", paste0("later than ", k), paste0("x", j), digits(coef(one)[j + 1]), digits(ends[j + 1, 1]),
         digits(ends[j + 1, 2]))
}

firth <- function(data, x, y, n) {
  keep(data, x, y, n)
  rows <- rep(seq_along(y), n)
  d <- data.frame(y = y[rows], as.matrix(x)[rows, ])
  names(d) <- c("y", paste0("x", seq_len(ncol(x))))
  close <- logistpl.control(maxit = 10000, xconv = 1e-10)
  fit <- logistf(y ~ ., d, control = logistf.control(maxit = 10000, xconv = 1e-10, gconv = 1e-10, lconv = 1e-12),
                 plcontrol = close, plconf = NULL)
  mean <- glm(y ~ ., binomial, d, method = "brglmFit", type = "AS_mean", epsilon = 1e-12)
  for (j in seq_len(ncol(x)))
    show(data, "logistf", paste0("x", j), digits(fit$coefficients[j + 1]), digits(fit$ci.lower[j + 1]),
         digits(fit$ci.upper[j + 1]))
  for (j in seq_len(ncol(x))) show(data, "brglm2", paste0("x", j), digits(coef(mean)[j + 1]), "", "")
}
data(endometrial)
firth("endometrial", endometrial[, c("NV", "PI", "EH")], endometrial$HG, rep(1, nrow(endometrial)))
x <- data.frame(smoke = birthwt$smoke, black = birthwt$race == 2, other = birthwt$race == 3, ht = birthwt$ht,
                ui = birthwt$ui) * 1
pattern <- interaction(data.frame(x, birthwt$low), drop = TRUE)
first <- !duplicated(pattern)
firth("birthwt", x[first, ], birthwt$low[first], as.integer(table(pattern)[as.character(pattern[first])]))

set.seed(20)
weight <- exp(c(1.2, 0.6, 0, -0.2, -0.8, -1.5))
chosen <- t(sapply(1:45, function(i) { repeat { s <- runif(6) < weight / (1 + weight); if (sum(s) == 3) return(s * 1) } }))
keep("picks", chosen, 0)
long <- data.frame(person = rep(1:45, 6), item = factor(rep(1:6, each = 45)), y = as.vector(chosen))
fit <- clogit(y ~ item + strata(person), long, method = "exact", control = coxph.control(eps = 1e-12))
for (j in 1:5) show("picks", "clogit", paste0("item", j + 1), digits(coef(fit)[j]), digits(sqrt(vcov(fit)[j, j])), "")
show("picks", "clogit", "loglik", digits(fit$loglik[2]), "", "")
