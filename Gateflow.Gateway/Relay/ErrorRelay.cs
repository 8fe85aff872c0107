using System.Globalization;
using System.Text.Json;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Fallbacks;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Pipeline;

namespace Gateflow.Gateway.Relay;

/// <summary>
/// Tells the caller that no candidate answered: the last provider's own error where it has the caller's shape, else one of ours. A refused provider key
/// is the gateway's trouble, not the caller's, and its text may quote the key: it becomes a 502.
/// </summary>
internal static class ErrorRelay
{
    private const int MaxQuoted = 500;

    public static async Task RelayAsync(Exchange exchange, ProviderCall call, string? documentation)
    {
        exchange.FirstByte = exchange.Time.GetTimestamp();
        var error = ErrorOf(exchange, call);
        if (call.RetryAfter is { } wait && exchange.Http.Response.Headers.RetryAfter.Count == 0) // some say it in the body alone, and breakers and limits of ours in no header yet
        {
            exchange.Http.Response.Headers.RetryAfter = Math.Ceiling(Math.Max(1, wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (error is not null)
        {
            await ErrorWriter.WriteAsync(exchange.Http, error, exchange.Protocol.ErrorBody(error, documentation, exchange.RequestId));
            return;
        }

        var response = exchange.Http.Response;
        response.StatusCode = call.Status;
        response.ContentType = "application/json";
        response.ContentLength = call.Received!.Length;
        await response.Body.WriteAsync(call.Received.Memory, exchange.Aborted);
    }

    /// <summary>Our own error; null when the provider's is passed on.</summary>
    private static GatewayError? ErrorOf(Exchange exchange, ProviderCall call)
    {
        var provider = call.Candidate.Endpoint.Provider.Name;
        if ((call.Refusal ?? call.Translated?.Failure?.Error) is { } own)
        {
            return own;
        }

        ReadOnlySpan<byte> body = call.Received is { } received ? received.Span : [];
        return (call.Result, call.Status) switch
        {
            (AttemptResult.CircuitOpen, _) => GatewayError.Provider(503, $"The provider '{provider}' has answered no call of '{call.Candidate.Model}' of late; it is tried again soon.") with { Code = "circuit_open" },
            (AttemptResult.RateLimited, 0) => new GatewayError(429, "rate_limit_error", "provider_limit_reached", $"The limits that are configured for the provider '{provider}' are reached."),
            (AttemptResult.ModelNotFound, _) when Missing(exchange, call) is { } missing => missing,
            (AttemptResult.Timeout, 0 or 200) => GatewayError.Provider(504, $"The provider '{provider}' did not answer in time."),
            (AttemptResult.ConnectionFailed, _) => GatewayError.Provider(502, $"The provider '{provider}' could not be reached or broke the connection."),
            (_, 0 or (>= 200 and < 400)) => GatewayError.Provider(502, $"The provider '{provider}' sent an answer that could not be read."),
            (_, 401) => GatewayError.Provider(502, $"The provider '{provider}' refused the key that the gateway has for it (Gateflow:Providers:{provider}:ApiKey)."),
            _ when call.Candidate.PassesThrough && HasShape(body) => null,
            _ => call.Candidate.Adapter.ReadError(call.Status, body, provider),
        };
    }

    /// <summary>The provider has no such model: the catalog's successor is named; null when the provider's own words are all there is.</summary>
    private static GatewayError? Missing(Exchange exchange, ProviderCall call)
    {
        var (model, provider) = (call.Candidate.Model, call.Candidate.Endpoint.Provider.Name);
        var successor = ModelHealth.Successor(exchange.Table.Models.GetValueOrDefault(model)?.Facts);
        if (successor.Length == 0 && call.WasAsked)
        {
            return null;
        }

        var said = call.Received is { } body ? call.Candidate.Adapter.ReadError(call.Status, body.Span, provider).Message.TrimEnd('.') : "";
        return GatewayError.ModelNotFound($"The provider '{provider}' says that it has no model '{model}'{(said.Length is > 0 and <= MaxQuoted ? $": {said}" : "")}.{successor}");
    }

    /// <summary>True for <c>{"error": {…}}</c>.</summary>
    private static bool HasShape(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            var found = false;
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var isError = reader.ValueTextEquals("error"u8);
                reader.Read();
                found |= isError && reader.TokenType == JsonTokenType.StartObject;
                reader.Skip();
            }

            return found && !reader.Read();
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
