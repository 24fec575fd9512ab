# A point estimate of many rows: Rscript large.R data.csv formula family package
# Prints CPU seconds of the fit, without reading the data, then coefficients and standard deviations.

arguments <- commandArgs(trailingOnly = TRUE)
data <- read.csv(arguments[1], stringsAsFactors = TRUE)
for (name in intersect(c("g", "h", "k"), names(data))) data[[name]] <- factor(data[[name]])
formula <- as.formula(arguments[2])
family <- list(poisson = poisson(), bernoulli = binomial(), gaussian = gaussian())[[arguments[3]]]
suppressPackageStartupMessages(library(arguments[4], character.only = TRUE))

fit <- switch(arguments[4],
  glmmTMB = function() glmmTMB(formula, data, family = family),
  lme4 = function() if (arguments[3] == "gaussian") lmer(formula, data) else glmer(formula, data, family = family)
)
times <- system.time(made <- fit())
cat(times[1] + times[2], "\n")
coefficients <- fixef(made)
cat(if (is.list(coefficients)) coefficients$cond else coefficients, "\n")
spread <- VarCorr(made)
if (arguments[4] == "glmmTMB") spread <- spread$cond
cat(sapply(spread, function(each) attr(each, "stddev")), "\n")
