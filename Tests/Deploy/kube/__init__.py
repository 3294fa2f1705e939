"""Reads deploy/k8s as a cluster would get it."""
