# Reference tests and measures of the tables in association_tables.csv, association_items.csv and
# association_clusters.csv: Rscript association.R > association.csv
# exact tests: fisher.test, mantelhaen.test, coin; measures: DescTools; noncentrality: pchisq; items: MRCV;
# clusters: gee with geesmv's covariance of Mancl and DeRouen.
suppressMessages({library(coin); library(DescTools); library(MRCV); library(gee); library(geesmv); library(MASS)})
version <- function(p) paste(p, as.character(packageVersion(p)))
cat("# ", paste(R.version.string, version("coin"), version("DescTools"), version("MRCV"), version("gee"),
                version("geesmv"), sep = "; "), "\n", sep = "")
cat("table,quantity,value\n")
show <- function(table, quantity, value) cat(table, ",", quantity, ",", format(value, digits = 12), "\n", sep = "")
tables <- read.csv("association_tables.csv", comment.char = "#")
part <- function(name, stratum = 1) {
  rows <- tables[tables$table == name & tables$stratum == stratum, paste0("c", 1:5)]
  as.matrix(rows[, colSums(is.na(rows)) == 0, drop = FALSE])
}
root <- function(f, ends) uniroot(f, ends, tol = 1e-11)$root

for (name in c("job", "arthritis", "seven", "awareness", "made", "wide", "dose")) {
  x <- part(name); x <- x[, colSums(x) > 0]; dimnames(x) <- NULL
  show(name, "fisher", fisher.test(x)$p.value)
  chi <- suppressWarnings(chisq.test(x, correct = FALSE))
  show(name, "chi2", chi$statistic[[1]])
  show(name, "v corrected", suppressWarnings(CramerV(x, correct = TRUE)))
  for (p in c(0.975, 0.025)) {
    gap <- function(l) p - pchisq(chi$statistic[[1]], chi$parameter[[1]], l)
    show(name, paste0("ncp ", p), if (gap(0) >= 0) 0 else root(gap, c(0, 1000)))
  }
  g <- suppressWarnings(GoodmanKruskalGamma(x, conf.level = 0.95))
  show(name, "gamma", g[[1]])
  d <- suppressWarnings(SomersDelta(x, direction = "column", conf.level = 0.95))
  show(name, "somers", d[[1]])
  if (abs(g[[1]]) < 1) {
    z <- qnorm(0.975)
    show(name, "gamma error", if (g[[3]] < 1) (g[[3]] - g[[1]]) / z else (g[[1]] - g[[2]]) / z)
    show(name, "somers error", if (d[[3]] < 1) (d[[3]] - d[[1]]) / z else (d[[1]] - d[[2]]) / z)
  }
  long <- as.data.frame(as.table(x)); long <- long[rep(seq_len(nrow(long)), long$Freq), ]
  group <- as.integer(long$Var1); answer <- as.integer(long$Var2)
  show(name, "pearson", cor(group, answer))
  show(name, "spearman", cor(group, answer, method = "spearman"))
  show(name, "kruskal", kruskal.test(answer, factor(group))$statistic[[1]])
  if (nrow(x) == 2)
    show(name, "rank sum", pvalue(wilcox_test(answer ~ factor(group), distribution = "exact")))
  if (name == "dose") {
    show(name, "trend equal", pvalue(independence_test(group ~ factor(answer), distribution = "exact")))
    show(name, "trend ranks", pvalue(wilcox_test(group ~ factor(answer), distribution = "exact")))
  }
  if (name %in% c("job", "wide", "made")) {
    set.seed(1)
    show(name, "linear equal", pvalue(independence_test(answer ~ group, distribution = approximate(nresample = 1e6))))
    show(name, "linear ranks", pvalue(spearman_test(answer ~ group, distribution = approximate(nresample = 1e6))))
    show(name, "kruskal p", pvalue(kruskal_test(answer ~ factor(group), distribution = approximate(nresample = 1e6))))
  }
}
one <- fisher.test(part("seven"), alternative = "greater")
show("seven", "one sided", min(one$p.value, fisher.test(part("seven"), alternative = "less")$p.value))
# uniroot inside fisher.test and mantelhaen.test stops at 1e-4 of the odds ratio or its inverse: solved again, closer.
conditional <- function(strata, level = 0.95) {
  weights <- 1; low <- 0; observed <- 0
  for (t in strata) {
    m <- sum(t[, 2]); first <- sum(t[1, ]); second <- sum(t[2, ])
    k <- max(0, m - first):min(second, m)
    own <- dhyper(k, second, first, m)
    grown <- numeric(length(weights) + length(own) - 1)
    for (i in seq_along(own)) { at <- i - 1 + seq_along(weights); grown[at] <- grown[at] + weights * own[i] }
    weights <- grown
    low <- low + min(k); observed <- observed + t[2, 2]
  }
  k <- low + seq_along(weights) - 1; weights <- log(weights)
  law <- function(theta) { w <- weights + theta * k; w <- exp(w - max(w)); w / sum(w) }
  tail <- (1 - level) / 2
  list(odds = if (observed == min(k)) -Inf else if (observed == max(k)) Inf
              else root(function(t) sum(law(t) * k) - observed, c(-20, 20)),
       lower = if (observed == min(k)) -Inf else root(function(t) sum(law(t)[k >= observed]) - tail, c(-20, 20)),
       upper = if (observed == max(k)) Inf else root(function(t) sum(law(t)[k <= observed]) - tail, c(-20, 20)))
}
near <- function(a, b) stopifnot(pmin(abs(exp(a) - exp(b)), abs(exp(-a) - exp(-b)), na.rm = TRUE) < 3e-4)
for (name in c("seven", "dose")) {
  x <- part(name)[1:2, ]
  found <- conditional(list(x)); theirs <- fisher.test(x)
  near(c(found$lower, found$upper, found$odds), log(c(theirs$conf.int, theirs$estimate)))
  show(name, "odds lower", found$lower); show(name, "odds upper", found$upper); show(name, "odds", found$odds)
}

for (name in c("rabbits", "sparse", "admissions")) {
  strata <- unique(tables$stratum[tables$table == name])
  x <- array(sapply(strata, function(s) part(name, s)), c(2, 2, length(strata)))
  used <- apply(x, 3, function(t) all(rowSums(t) > 0) && all(colSums(t) > 0))
  x <- x[, , used]
  exact <- mantelhaen.test(x, exact = TRUE)
  found <- conditional(lapply(seq_len(dim(x)[3]), function(s) x[, , s]))
  near(c(found$lower, found$upper, found$odds), log(c(exact$conf.int, exact$estimate)))
  show(name, "exact lower", found$lower); show(name, "exact upper", found$upper); show(name, "exact", found$odds)
  tails <- sapply(c("greater", "less"), function(a) mantelhaen.test(x, exact = TRUE, alternative = a)$p.value)
  show(name, "exact one sided", min(tails))
  large <- mantelhaen.test(x, correct = FALSE)
  show(name, "mantel", log(large$estimate[[1]]))
  show(name, "mantel lower", log(large$conf.int[1])); show(name, "mantel upper", log(large$conf.int[2]))
  if (name != "sparse") {
    same <- BreslowDayTest(x, correct = TRUE)
    show(name, "tarone", same$statistic[[1]]); show(name, "tarone p", same$p.value)
  }
}

items <- read.csv("association_items.csv", comment.char = "#")
rows <- items[rep(seq_len(nrow(items)), items$count), -ncol(items)]
counted <- function(d) sort(do.call(paste, d))
stopifnot(identical(counted(rows), counted(farmer1)))
set.seed(1)
found <- MI.test(rows, I = 1, J = 5, type = "boot", B = 9999, print.status = FALSE)
show("farmers", "sum", found$general$X.sq.S)
for (j in 1:5) show("farmers", paste0("Y", j), found$general$X.sq.S.ij[j])
show("farmers", "boot p", found$boot$p.value.boot)

clusters <- read.csv("association_clusters.csv", comment.char = "#")
rows <- clusters[rep(seq_len(nrow(clusters)), clusters$n), ]
rows$y <- unlist(Map(function(y, n) rep(c(1, 0), c(y, n - y)), clusters$y, clusters$n))
rows$group <- as.numeric(rows$group == "drug")
stopifnot(sum(rows$y) == sum(bacteria$y == "y"), nrow(rows) == nrow(bacteria))
sink(tempfile())
fit <- suppressMessages(gee(y ~ group, id = id, data = rows, family = binomial, corstr = "exchangeable", tol = 1e-10))
md <- suppressMessages(GEE.var.md(y ~ group, id = "id", family = binomial, data = rows, corstr = "exchangeable"))
sink()
show("bacteria", "log odds", coef(fit)[["group"]])
show("bacteria", "correlation", fit$working.correlation[1, 2])
show("bacteria", "robust error", sqrt(fit$robust.variance["group", "group"]))
show("bacteria", "mancl error", sqrt(md$cov.beta[2]))
