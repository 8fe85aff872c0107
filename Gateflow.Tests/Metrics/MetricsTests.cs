using System.Diagnostics;
using System.Net;
using System.Text;
using Gateflow.Gateway;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Pipeline;

namespace Gateflow.Tests.Metrics;

/// <summary>What the program tells those who watch it, over real HTTP.</summary>
public sealed class MetricsTests
{
    /// <summary>Asked by no other test: series of all gateways in this process stand side by side.</summary>
    private const string Model = "model-of-the-metrics";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_AfterRequests_CountThemWithModelsProviderAndTokensButNoKey()
    {
        await using var upstream = await FakeUpstream.StartAsync();
        await using var host = await StartAsync(upstream);
        await AskAsync(host, Model);
        await AskAsync(host, Model);
        await AskAsync(host, "no-such-model");

        var text = await host.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancel);

        var requests = Line(text, "gateflow_request_duration_seconds_count", $"gateflow_model=\"{Model}\"");
        Assert.EndsWith(" 2", Value(requests), StringComparison.Ordinal);
        Assert.Contains("gateflow_provider=\"openai\"", requests, StringComparison.Ordinal);
        Assert.Contains("gateflow_outcome=\"success\"", requests, StringComparison.Ordinal);
        var calls = Line(text, "gen_ai_client_operation_duration_seconds_count", $"gen_ai_response_model=\"{Model}\"");
        Assert.Contains("gen_ai_operation_name=\"chat\"", calls, StringComparison.Ordinal);
        Assert.Contains("gen_ai_provider_name=\"openai\"", calls, StringComparison.Ordinal);
        Assert.EndsWith(" 22", Value(Line(text, "gen_ai_client_token_usage_sum", $"gen_ai_request_model=\"{Model}\",gen_ai_response_model=\"{Model}\",gen_ai_token_type=\"input\"")), StringComparison.Ordinal);
        Assert.Contains(text.Split('\n'), l => // other programs of this process refuse, too
            l.StartsWith("gateflow_refusals_total", StringComparison.Ordinal) && l.Contains("http_response_status_code=\"404\"", StringComparison.Ordinal) && l.Contains("error_type=\"model_not_found\"", StringComparison.Ordinal));
        Assert.Contains("gateflow_recorder_queue_depth", text, StringComparison.Ordinal);
        Assert.DoesNotContain(GateflowHost.AdminKey, text, StringComparison.Ordinal);
        Assert.DoesNotContain("Hello there", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_OfARunningMigration_ShowConfiguredAndObservedSplit()
    {
        using var metrics = new MeterReader();
        const string Migration = "mig_of_the_metrics"; // other tests run in this process, too
        await using var host = await GatewayHost.StartAsync();
        host.Route(GatewayHost.Migration(10_000) with { MigrationId = Migration });
        using var answer = await host.PostAsync(GatewayHost.Chat());
        await host.RecordAsync();

        Assert.Equal(1.0, metrics.Gauge("gateflow.migration.split.configured", ("gateflow.migration", Migration)));
        Assert.Equal(1.0, metrics.Gauge("gateflow.migration.split.observed", ("gateflow.migration", Migration)));
    }

    [Fact]
    public async Task Traces_OfARequest_BelongToTheCallersTraceAndNameTheProvider()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == GatewayHosting.TelemetryName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = a =>
            {
                lock (spans)
                {
                    spans.Add(a);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await GatewayHost.StartAsync();
        var trace = ActivityTraceId.CreateRandom().ToString();
        using var answer = await host.PostAsync(GatewayHost.Chat(), ("traceparent", $"00-{trace}-00f067aa0ba902b7-01"), ("x-gateflow-trace-id", "order-17"));
        await host.RecordAsync();

        List<Activity> own;
        lock (spans)
        {
            own = spans.FindAll(s => s.TraceId.ToString() == trace);
        }

        var request = Assert.Single(own, s => s.Kind == ActivityKind.Server);
        var call = Assert.Single(own, s => s.Kind == ActivityKind.Client);
        Assert.Equal((request.SpanId, "openai", "gpt-4"), (call.ParentSpanId, call.GetTagItem("gen_ai.provider.name"), call.GetTagItem("gen_ai.request.model")));
        Assert.Equal("order-17", request.GetTagItem("gateflow.trace_id"));
        Assert.Equal("00f067aa0ba902b7", request.ParentSpanId.ToString());
        Assert.InRange(call.Duration, TimeSpan.Zero, request.Duration);
        Assert.DoesNotContain("traceparent", host.Upstream.Requests.Single().Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    private static Task<GateflowHost> StartAsync(FakeUpstream upstream) => GateflowHost.StartAsync(new Dictionary<string, string?>
    {
        ["Gateflow:Providers:openai:Type"] = "OpenAI",
        ["Gateflow:Providers:openai:BaseUrl"] = upstream.BaseUrl.AbsoluteUri,
        ["Gateflow:Providers:openai:ApiKey"] = "sk-provider",
        ["Gateflow:Providers:openai:Models:0"] = Model,
    });

    private static async Task AskAsync(GateflowHost host, string model)
    {
        using var body = new StringContent(GatewayHost.Chat(model), Encoding.UTF8, "application/json");
        using var answer = await host.Client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), body, Cancel);
        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.NotFound });
    }

    private static string Line(string text, string name, string label = "") =>
        Assert.Single(text.Split('\n'), l => l.StartsWith(name + "{", StringComparison.Ordinal) && l.Contains(label, StringComparison.Ordinal));

    /// <summary>A sample without its time.</summary>
    private static string Value(string line) => string.Join(' ', line.Split("} ")[1].Split(' ').Take(1).Prepend(""));
}
