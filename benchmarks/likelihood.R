# Maximum likelihood by lme4, in a warm process: Rscript likelihood.R data.csv formula family nodes repeats
# Prints wall seconds and CPU seconds of each fit, then its log likelihood and standard deviations.

arguments <- commandArgs(trailingOnly = TRUE)
data <- read.csv(arguments[1], stringsAsFactors = TRUE)
formula <- as.formula(arguments[2])
family <- list(bernoulli = binomial(), binomial = binomial(), poisson = poisson())[[arguments[3]]]
nodes <- as.integer(arguments[4])
repeats <- as.integer(arguments[5])
suppressPackageStartupMessages(library(lme4))

fit <- function() suppressWarnings(glmer(formula, data, family = family, nAGQ = nodes))
made <- fit() # warm
times <- replicate(repeats, system.time(made <<- fit())[1:3])
cat(times[3, ], "\n")
cat(times[1, ] + times[2, ], "\n")
cat(format(as.numeric(logLik(made)), digits = 12), "\n")
cat(format(as.data.frame(VarCorr(made))$sdcor, digits = 8), "\n")
