using System.Buffers;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Pipeline;

namespace Gateflow.Gateway.Relay;

/// <summary>Relays an answer that is not a stream: the provider's bytes, with the gateway's property added where something acted.</summary>
internal static class WholeRelay
{
    public static async Task RelayAsync(Exchange exchange, ProviderCall call)
    {
        var response = exchange.Http.Response;
        var received = call.Received!;
        response.StatusCode = call.Status;
        response.ContentType = call.Response!.Content.Headers.ContentType?.ToString() ?? "application/json";
        exchange.FirstByte = exchange.Time.GetTimestamp();
        if (call.HasRest)
        {
            await new LongRelay(exchange, call).RelayAsync();
            return;
        }

        var model = Differs(call) ? call.Candidate.ModelJson : default;
        if (!exchange.Acted && model.IsEmpty)
        {
            response.ContentLength = received.Length;
            await response.BodyWriter.WriteAsync(received.Memory, exchange.Aborted);
        }
        else
        {
            WriteChanged(exchange, call, model.Span);
            await response.BodyWriter.FlushAsync(exchange.Aborted);
        }
    }

    /// <summary>True when the provider calls the model by another name than callers do.</summary>
    private static bool Differs(ProviderCall call)
    {
        var marks = call.Marks;
        return marks.HasModel && !call.Received!.Span.Slice(marks.ModelStart, marks.ModelLength).SequenceEqual(call.Candidate.ModelJson.Span);
    }

    private static void WriteChanged(Exchange exchange, ProviderCall call, ReadOnlySpan<byte> model)
    {
        var received = call.Received!.Span;
        var property = exchange.Acted ? BodyMarks.Property(exchange, call).Span : default;
        var end = received.LastIndexOf((byte)'}');
        var comma = property.IsEmpty || received[..end].TrimEnd(" \t\r\n"u8).EndsWith("{"u8) ? 0 : 1;
        var cut = model.IsEmpty ? 0 : call.Marks.ModelLength;
        var before = model.IsEmpty ? 0 : call.Marks.ModelStart;
        exchange.Http.Response.ContentLength = received.Length - cut + model.Length + comma + property.Length;
        var writer = exchange.Http.Response.BodyWriter;
        writer.Write(received[..before]);
        writer.Write(model);
        writer.Write(received[(before + cut)..end]);
        writer.Write(","u8[..comma]);
        writer.Write(property);
        writer.Write(received[end..]);
    }
}
