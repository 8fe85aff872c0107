using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Fallbacks;
using Microsoft.Extensions.Time.Testing;

namespace Gateflow.Tests.Fallbacks;

/// <summary>One breaker without a gateway around it, told of calls by hand.</summary>
public abstract class BreakerBench
{
    private protected static readonly ModelEndpoint Endpoint = new(
        new ProviderEndpoint { Name = "openai", Type = ProviderType.OpenAI, BaseUrl = new Uri("http://localhost/v1") }, "gpt-4");

    private protected FakeTimeProvider Time { get; } = new();

    /// <summary>Calls that <see cref="TryAsync"/> made.</summary>
    private protected int Calls { get; private set; }

    /// <summary>Opens a breaker and begins the call that tries after the break, to be answered.</summary>
    private protected (Task<AttemptResult> Call, TaskCompletionSource<AttemptResult> Answer) Try(Breaker breaker)
    {
        Report(breaker, AttemptResult.ServerError, 10);
        Time.Advance(TimeSpan.FromSeconds(16));
        var answer = new TaskCompletionSource<AttemptResult>();
        return (breaker.TryAsync(static a => new ValueTask<AttemptResult>(a.Task), answer).AsTask(), answer);
    }

    private protected ValueTask<AttemptResult> TryAsync(Breaker breaker, AttemptResult result) => breaker.TryAsync(
        static call =>
        {
            call.self.Calls++;
            return new ValueTask<AttemptResult>(call.result);
        },
        (self: this, result));

    private protected Breaker Create() => new Breakers(new BreakerOptions(), Time).Of(Endpoint);

    private protected static void Report(Breaker breaker, AttemptResult result, int times)
    {
        for (var i = 0; i < times; i++)
        {
            breaker.Report(result);
        }
    }

    /// <summary>A machine's clock that somebody sets; its timestamps go on as they did.</summary>
    private protected sealed class SetClock(TimeProvider time) : TimeProvider
    {
        public TimeSpan Off { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Off;

        public override long GetTimestamp() => time.GetTimestamp();
    }
}
