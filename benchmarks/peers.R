# One fit by an R package: Rscript peers.R side formula family data.csv folder draws warmup seed
# Leaves costs.json in the folder and, of a sampler, draws.bin, its dimensions and its names.

arguments <- commandArgs(trailingOnly = TRUE)
side <- arguments[1]
formula <- as.formula(arguments[2])
family <- arguments[3]
data <- read.csv(arguments[4], stringsAsFactors = TRUE)
folder <- arguments[5]
kept <- as.integer(arguments[6])
warmup <- as.integer(arguments[7])
seed <- as.integer(arguments[8])
chains <- 4
cores <- min(chains, parallel::detectCores())
suppressPackageStartupMessages(library(side, character.only = TRUE))

generalized <- list(bernoulli = binomial(), poisson = poisson(), gaussian = gaussian())

fit_lme4 <- function() {
  if (family == "gaussian") return(lmer(formula, data))
  if (family == "negative_binomial") return(glmer.nb(formula, data))
  glmer(formula, data, family = generalized[[family]])
}

fit_glmmTMB <- function() {
  negative_binomial <- family == "negative_binomial"
  glmmTMB(formula, data, family = if (negative_binomial) nbinom2() else generalized[[family]])
}

fit_rstanarm <- function() {
  negative_binomial <- family == "negative_binomial"
  stan_glmer(
    formula, data,
    family = if (negative_binomial) neg_binomial_2() else generalized[[family]],
    chains = chains, cores = cores, iter = warmup + kept, warmup = warmup, seed = seed, refresh = 0
  )
}

fit_brms <- function() {
  if (system.file("include", package = "BH") == "" && dir.exists("/usr/include/boost")) {
    rstan::rstan_options(boost_lib = "/usr/include") # Debian keeps Boost there
  }
  families <- list(
    bernoulli = bernoulli(), poisson = poisson(), gaussian = gaussian(),
    negative_binomial = negbinomial()
  )
  brm(
    formula, data, families[[family]],
    chains = chains, cores = cores, iter = warmup + kept, warmup = warmup, seed = seed,
    refresh = 0, silent = 2
  )
}

# rstanarm gives covariances of group effects; a sd is a monotone change of its variance.
correlations <- function(draws) {
  for (name in grep("^Sigma\\[", dimnames(draws)[[3]], value = TRUE)) {
    parts <- regmatches(name, regexec("^Sigma\\[(.*):(.*),(.*)\\]$", name))[[1]]
    if (parts[3] == parts[4]) next
    variance <- function(term) draws[, , sprintf("Sigma[%s:%s,%s]", parts[2], term, term)]
    draws[, , name] <- draws[, , name] / sqrt(variance(parts[3]) * variance(parts[4]))
  }
  draws
}

draws_of <- function(fit) {
  if (side == "rstanarm") return(correlations(as.array(fit)))
  draws <- as.array(fit$fit)
  users <- "^(b_|sd_|cor_|r_|sigma$|shape$)" # not what serves the sampler
  draws[, , grep(users, dimnames(draws)[[3]]), drop = FALSE]
}

gradients_of <- function(fit) {
  stan <- if (side == "rstanarm") fit$stanfit else fit$fit
  sum(sapply(rstan::get_sampler_params(stan, inc_warmup = FALSE), function(x) x[, "n_leapfrog__"]))
}

fit_side <- get(paste0("fit_", side))
start <- proc.time()[["elapsed"]]
fit <- fit_side()
seconds <- proc.time()[["elapsed"]] - start

gradients <- "null"
if (side %in% c("rstanarm", "brms")) {
  draws <- draws_of(fit)
  writeBin(as.vector(draws), file.path(folder, "draws.bin"))
  writeLines(as.character(dim(draws)), file.path(folder, "dimensions.txt"))
  writeLines(dimnames(draws)[[3]], file.path(folder, "names.txt"))
  gradients <- sprintf("%.0f", gradients_of(fit))
}
writeLines(
  sprintf('{"seconds": %.3f, "gradients": %s}', seconds, gradients),
  file.path(folder, "costs.json")
)
