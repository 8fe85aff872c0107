using Gateflow.Core.Limits;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Usage;

namespace Gateflow.Gateway.Limits;

/// <summary>Step 3, second half: lets a request through within the limits of its key, and settles afterwards what it really used.</summary>
internal sealed class KeyGate(KeyMeters meters)
{
    /// <summary>Larger demands for output say more of the client's defaults than of the answer to come: they are not set aside.</summary>
    private const int SmallAnswer = 4096;

    /// <summary>The refusal when a limit is reached; the answer's headers say how much is left either way.</summary>
    public GatewayError? Take(Exchange exchange)
    {
        if (exchange.Key.Limits is not { } limits)
        {
            return null;
        }

        var now = exchange.Time.GetUtcNow(); // the body may have come long after the request
        var reading = meters.Of(exchange.Key.Id).Take(limits, Second(exchange.Time), now, Estimate(exchange));
        LimitHeaders.Write(exchange.Http.Response.Headers, limits, reading, now);
        if (reading.Exceeded == LimitKind.None)
        {
            exchange.Taken = reading;
            return null;
        }

        return LimitErrors.Of(limits, reading);
    }

    /// <summary>Called once for a request that was let through, whatever became of it.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="tokens">Input and output.</param>
    /// <param name="cost">USD; null when the price is unknown.</param>
    public void Settle(Exchange exchange, long tokens, decimal? cost)
    {
        if (exchange.Taken is { } taken)
        {
            exchange.Taken = null;
            meters.Of(exchange.Key.Id).Settle(taken, Second(exchange.Time), exchange.Time.GetUtcNow(), tokens, cost ?? 0);
        }
    }

    private static long Second(TimeProvider time) => time.GetTimestamp() / time.TimestampFrequency;

    /// <summary>Tokens that a request will probably use.</summary>
    internal static long Estimate(Exchange exchange)
    {
        var output = exchange.Envelope.MaxOutputTokens;
        return TokenEstimate.Of(exchange.Envelope.PromptLength) + (output <= SmallAnswer ? output.Value : 0);
    }
}
