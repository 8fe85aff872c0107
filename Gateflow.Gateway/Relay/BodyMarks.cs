using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Gateflow.Core;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Pipeline;

namespace Gateflow.Gateway.Relay;

/// <summary>The <c>gateflow</c> property of answers in which a fallback or a migration acted.</summary>
internal static class BodyMarks
{
    /// <summary><c>"gateflow":{"fallback":{…},"routing":{…}}</c>, without a comma.</summary>
    public static ReadOnlyMemory<byte> Property(Exchange exchange, ProviderCall answered)
    {
        if (exchange.FallbackReason is not null || exchange.Calls.Count > 1 || answered.Result != AttemptResult.Ok)
        {
            return Written(exchange, answered);
        }

        // a migration whose model answered at once says nothing but the two names, and callers of a model mostly write it in one way
        var (candidate, requested) = (answered.Candidate, exchange.Envelope.Model);
        if (candidate.PlainMark is not { } mark || mark.Requested != requested)
        {
            candidate.PlainMark = mark = new PlainMark(requested, Written(exchange, answered));
        }

        return mark.Property;
    }

    private static ReadOnlyMemory<byte> Written(Exchange exchange, ProviderCall answered)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        buffer.Write("\"gateflow\":"u8);
        using (var json = new Utf8JsonWriter(buffer))
        {
            var reason = exchange.FallbackReason;
            json.WriteStartObject();
            json.WriteStartObject("fallback"u8);
            json.WriteBoolean("used"u8, reason is not null);
            json.WriteString("reason"u8, reason);
            json.WriteString("original_model"u8, reason is null ? exchange.Envelope.Model : Original(exchange));
            json.WriteString("fallback_model"u8, reason is null ? null : answered.Candidate.Model);
            json.WriteEndObject();
            json.WriteStartObject("routing"u8);
            json.WriteString("requested_model"u8, exchange.Envelope.Model);
            json.WriteString("selected_model"u8, answered.Candidate.Model);
            json.WriteBoolean("fallback_used"u8, reason is not null);
            json.WriteString("fallback_reason"u8, reason);
            json.WriteStartArray("attempts"u8);
            foreach (var call in exchange.Calls.Where(static call => !call.IsReworded))
            {
                json.WriteStartObject();
                json.WriteString("model"u8, call.Candidate.Model);
                json.WriteString("status"u8, call.Result == AttemptResult.Ok ? "succeeded" : call.WasAsked ? "failed" : "skipped");
                if (call.Result != AttemptResult.Ok)
                {
                    json.WriteString("error"u8, call.Status is 0 or 200 ? Wire.Name(call.Result) : call.Status.ToString(CultureInfo.InvariantCulture));
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>The property of an answer that came at the first call, without a fallback.</summary>
    /// <param name="Requested">The model as the caller wrote it.</param>
    internal sealed record PlainMark(string Requested, ReadOnlyMemory<byte> Property);

    /// <summary>The model that should have answered.</summary>
    private static string Original(Exchange exchange) =>
        exchange.Activated is not null ? exchange.Asked?.Id ?? exchange.Model
        : exchange.Arm == Arm.Target ? exchange.Migration!.TargetModel
        : exchange.Calls[0].Candidate.Model;
}
