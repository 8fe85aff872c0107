using System.Net;
using System.Text;
using Gateflow.Core.Drills;

namespace Gateflow.Gateway.Drills;

/// <summary>Answers in the place of every provider: the source well, the target as the drill has it. It opens no connection.</summary>
internal sealed class DrillProvider(DrillPlan plan, DrillClock clock) : HttpMessageHandler
{
    /// <summary>A name that is reserved never to exist (RFC 6761): even a request that went astray would reach nobody.</summary>
    public const string SourceHost = "source.drill.invalid";

    public const string TargetHost = "target.drill.invalid";

    private const double MedianMs = 800;
    private const double Sigma = 0.4;

    private readonly Random _random = new(plan.Seed);

    /// <summary>False while the target still answers well.</summary>
    public bool Failing { get; set; }

    /// <summary>Answers of the target that failed.</summary>
    public long Failed { get; private set; }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var latency = MedianMs * Math.Exp(Sigma * Normal());
        var fails = request.RequestUri!.Host == TargetHost && Failing && _random.NextDouble() < plan.FailureRate;
        Failed += fails ? 1 : 0;
        var slow = fails && plan.Kind == DrillKind.Latency ? 2 * (plan.Config.RollbackThreshold.LatencyP99Increase ?? 2) : 1;
        clock.Pass(TimeSpan.FromMilliseconds(latency * slow));
        return Task.FromResult(fails && plan.Kind == DrillKind.Error ? Broken() : Answer(fails && plan.Kind == DrillKind.Quality ? "" : "A drill's answer."));
    }

    private static HttpResponseMessage Broken() => Json(
        HttpStatusCode.InternalServerError, """{"error":{"message":"A drill.","type":"server_error","param":null,"code":"drill"}}""");

    private static HttpResponseMessage Answer(string text) => Json(HttpStatusCode.OK, $$$"""
        {"id":"chatcmpl-drill","object":"chat.completion","created":0,"model":"drill","choices":[{"index":0,"message":{"role":"assistant","content":"{{{text}}}"},"finish_reason":"stop"}],"usage":{"prompt_tokens":8,"completion_tokens":8,"total_tokens":16}}
        """);

    private static HttpResponseMessage Json(HttpStatusCode status, string body) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    /// <summary>Box and Muller.</summary>
    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
