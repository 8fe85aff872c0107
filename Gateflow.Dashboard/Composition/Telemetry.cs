using Gateflow.Gateway;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Gateflow.Dashboard.Composition;

/// <summary>
/// Metrics for Prometheus at <c>/metrics</c> always; metrics and traces by OTLP as well once <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a collector
/// (the other <c>OTEL_*</c> variables work as OpenTelemetry documents them).
/// </summary>
internal static class Telemetry
{
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration, Settings settings)
    {
        var exports = !string.IsNullOrWhiteSpace(configuration[OtlpEndpoint]);
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("gateflow", serviceInstanceId: settings.Node))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(GatewayHosting.TelemetryName, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel").AddPrometheusExporter();
                if (exports)
                {
                    metrics.AddOtlpExporter();
                }
            });
        if (exports)
        {
            telemetry.WithTracing(traces => traces.AddSource(GatewayHosting.TelemetryName).AddOtlpExporter());
        }
    }
}
