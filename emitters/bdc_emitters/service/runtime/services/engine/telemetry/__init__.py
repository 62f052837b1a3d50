"""Traces and metrics by OTLP. Off unless `[telemetry] endpoint` is set; read `tracing` first."""
