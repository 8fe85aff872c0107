using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Protocols;

namespace Gateflow.Gateway.Usage;

/// <summary>Copies the bodies of a request that was chosen for replay; nothing is copied otherwise, and none but chat completions, the only ones that are replayed.</summary>
internal static class Samples
{
    private const int MaxBytes = 256 * 1024;

    /// <param name="exchange">The request.</param>
    /// <param name="call">The call that answered.</param>
    /// <param name="wants">Whether a sample of a model is wanted now; null for never.</param>
    public static void Take(Exchange exchange, ProviderCall call, Func<string, bool>? wants)
    {
        if (wants is null || exchange.Key.Direct || exchange.Protocol.Kind != Protocol.Chat || exchange.Body is not { Length: <= MaxBytes } body || !wants(exchange.Asked?.Id ?? exchange.Model))
        {
            return;
        }

        exchange.SampleRequest = body.Memory.ToArray();
        if (call.Candidate.PassesThrough && !call.IsStream && !call.HasRest && call.Received!.Length <= MaxBytes)
        {
            exchange.SampleResponse = call.Received.Memory.ToArray();
        }
    }
}
