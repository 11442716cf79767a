# `make` or `make help` lists what there is. Nothing here needs Docker, root or a cluster.
# Another name runs another control plane beside the first: make up BELAY_CLUSTER=second
SHELL := /usr/bin/env bash
.DEFAULT_GOAL := help
.PHONY: native-sources help demo test e2e starts bench bench-node up down build tools manifests format check image native clean

scripts = $(shell grep -lE '^\#!.*bash|shellcheck shell=bash' mvnw .ci/* bench/* k8s/* k8s/local/* k8s/demo/* k8s/e2e/* k8s/node/* native-build/* 2>/dev/null)

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## the story: one bad release refused, one rolled back, on a real control plane on this machine
	@k8s/demo/run

test: ## all tests; those of the chart and the integration tests on control planes of their own
	@k8s/local/find-jdk >/dev/null
	@k8s/local/tools >/dev/null
	@k8s/render --check
	@JAVA_HOME="$$(k8s/local/find-jdk)" k8s/local/test

e2e: ## the story with real containers, on the cluster of KUBECONFIG: IMAGE=… or LOAD=…, see k8s/e2e/run
	@k8s/e2e/run

starts: ## the table of docs/starts.md on real containers, on the cluster of KUBECONFIG: ROWS=…, TIMES=…, see k8s/node/run
	@k8s/node/run starts

bench: ## measures gate and watcher on a control plane of its own, about 25 minutes; prints ratios
	@bench/run

bench-node: ## failed upgrades on the cluster of KUBECONFIG, with Belay and with Helm's own rollback, about 8 minutes
	@k8s/node/run bench

up: ## a control plane with Belay on it; with CLUSTER=existing, Belay on the cluster of the current KUBECONFIG
	@k8s/local/up $(CLUSTER)

down: ## ends what `make up` or `make demo` started
	@k8s/local/down

build: ## Belay's jar
	@JAVA_HOME="$$(k8s/local/find-jdk)" ./mvnw -q -Dmaven.test.skip package

tools: ## builds etcd, Kubernetes, kwok, kubectl and Helm from their sources, once, into a cache
	@k8s/local/tools >/dev/null

manifests: ## k8s/manifests from k8s/chart
	@k8s/render

format: ## formats the Java code
	@JAVA_HOME="$$(k8s/local/find-jdk)" ./mvnw -q spotless:apply

check: ## formatting, compiler warnings and null checks; chart and manifests are one; the scripts too where shellcheck is installed
	@JAVA_HOME="$$(k8s/local/find-jdk)" ./mvnw -q -DskipTests test-compile
	@k8s/render --check
	@if command -v shellcheck >/dev/null; then shellcheck -x -P SCRIPTDIR $(scripts); else echo "shellcheck is not installed: the scripts were not checked" >&2; fi

image: ## Belay as an OCI image, target/belay-image.tar; no Docker daemon and no registry needed
	@k8s/image $(IMAGE)

native: ## a native binary, with GRAALVM_HOME or NATIVE=-Dquarkus.native.container-build=true; see native-build
	@JAVA_HOME="$$(k8s/local/find-jdk)" ./mvnw -B -Pnative -Dtest=NONE -Dsurefire.failIfNoSpecifiedTests=false -DskipITs $(NATIVE) verify

native-sources: ## the first half of a native build, which needs no native-image
	@native-build/context-test
	@JAVA_HOME="$$(k8s/local/find-jdk)" ./mvnw -q -B -Pnative -Dquarkus.native.sources-only=true -Dmaven.test.skip package

clean: ## removes what was built here; the cache of tools stays
	@rm -rf target
