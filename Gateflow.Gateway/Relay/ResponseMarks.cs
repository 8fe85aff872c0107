using Gateflow.Core.Rollout;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Relay;

/// <summary>The headers that say who answered and why.</summary>
internal static class ResponseMarks
{
    private const int MaxHeader = 512, MaxShims = 2048;

    /// <summary>On every answer, errors included.</summary>
    public static void WriteId(Exchange exchange) => exchange.Http.Response.Headers["x-gateflow-request-id"] = exchange.RequestId;

    /// <summary>On refusals that were read as far as the model.</summary>
    public static void WriteRequested(Exchange exchange)
    {
        WriteArm(exchange);
        if (exchange.Envelope.Model.Length > 0)
        {
            exchange.Http.Response.Headers["x-gateflow-requested-model"] = Safe(exchange.Envelope.Model);
        }
    }

    /// <summary>On answers of a provider.</summary>
    public static void Write(Exchange exchange, ProviderCall call)
    {
        var headers = exchange.Http.Response.Headers;
        headers["x-gateflow-model"] = Safe(call.Candidate.Model);
        headers["x-gateflow-requested-model"] = Safe(exchange.Envelope.Model);
        headers["x-gateflow-provider"] = Safe(call.Candidate.Endpoint.Provider.Name);
        WriteArm(exchange);

        if (exchange.FallbackReason is { } reason)
        {
            headers["x-gateflow-fallback-reason"] = reason;
        }

        if (call.Notes is { IsEmpty: false } notes)
        {
            headers["x-gateflow-shims"] = Shims(notes);
        }

        LifecycleHeaders.Write(headers, exchange.Asked?.Facts);
        if (call.Response is { } response)
        {
            Pass(response, headers, ownLimits: exchange.Key.Limits is not null);
        }
    }

    private static void WriteArm(Exchange exchange)
    {
        var headers = exchange.Http.Response.Headers;
        if ((exchange.Migration ?? exchange.Replacement) is { } migration)
        {
            headers["x-gateflow-migration"] = migration.MigrationId;
        }

        if (exchange.Arm != Arm.None)
        {
            headers["x-gateflow-arm"] = exchange.Arm == Arm.Target ? "target" : "source";
        }
    }

    /// <summary>The provider's headers that callers use: its request id, its limits (unless the key has its own) and timings. All others stay here.</summary>
    private static void Pass(HttpResponseMessage response, Microsoft.AspNetCore.Http.IHeaderDictionary headers, bool ownLimits)
    {
        foreach (var (name, values) in response.Headers.NonValidated)
        {
            if ((!ownLimits && name.StartsWith("x-ratelimit-", StringComparison.OrdinalIgnoreCase))
                || (!ownLimits && name.StartsWith("anthropic-ratelimit-", StringComparison.OrdinalIgnoreCase))
                || name.StartsWith("openai-", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("retry-after", StringComparison.OrdinalIgnoreCase)
                || name.Equals("x-request-id", StringComparison.OrdinalIgnoreCase)
                || name.Equals("x-amzn-requestid", StringComparison.OrdinalIgnoreCase)
                || name.Equals("request-id", StringComparison.OrdinalIgnoreCase))
            {
                headers[name] = Safe(values.ToString());
            }
        }
    }

    /// <summary>Names and a provider's values may hold any character, a header may not: those are percent-encoded.</summary>
    public static string Safe(string text) =>
        Encoded(text.Length <= MaxHeader ? text : text[..MaxHeader]);

    /// <summary>The notes that fit, each whole.</summary>
    public static string Shims(ShimNotes notes)
    {
        var text = notes.ToString();
        if (text.Length <= MaxShims)
        {
            return Encoded(text);
        }

        var end = text.LastIndexOf(',', MaxShims);
        return Encoded(text[..(end < 0 ? MaxShims : end)]);
    }

    private static string Encoded(string text) => text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? Uri.EscapeDataString(text) : text;
}
