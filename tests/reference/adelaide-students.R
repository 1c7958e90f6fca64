# The counts of tests/survey/data/adelaide-students.toml: Rscript adelaide-students.R > adelaide-students.csv
library(MASS)
cat("# ", R.version.string, "; MASS ", as.character(packageVersion("MASS")), "\n", sep = "")
cat("variable,group,answer,count,percent\n")
for (name in c("Sex", "Smoke", "Exer", "W.Hnd")) {
  counts <- table(survey[[name]])
  shares <- round(100 * prop.table(counts))
  for (answer in names(counts)) cat(name, "", answer, counts[[answer]], shares[[answer]], sep = ",", fill = TRUE)
}
counts <- table(survey$Smoke[survey$Sex == "Female"])
for (answer in names(counts)) cat("Smoke", "Female", answer, counts[[answer]], "", sep = ",", fill = TRUE)
