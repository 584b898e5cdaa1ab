"""The bundle, read out of template.yaml."""
