using System.Buffers;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Chat;
using Gateflow.Gateway.Forwarding;

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
        if (!exchange.Acted)
        {
            response.ContentLength = call.HasRest ? null : received.Length;
            await response.BodyWriter.WriteAsync(received.Memory, exchange.Aborted);
        }
        else if (!call.HasRest)
        {
            var property = BodyMarks.Property(exchange, call);
            var end = received.Span.LastIndexOf((byte)'}');
            var comma = received.Span[..end].TrimEnd(" \t\r\n"u8).EndsWith("{"u8) ? 0 : 1;
            response.ContentLength = received.Length + comma + property.Length;
            var writer = response.BodyWriter;
            writer.Write(received.Span[..end]);
            writer.Write(","u8[..comma]);
            writer.Write(property.Span);
            writer.Write(received.Span[end..]);
            await writer.FlushAsync(exchange.Aborted);
        }
        else
        {
            // The end of a very long answer is not here yet, its beginning is: the property goes in front.
            var start = received.Span.IndexOf((byte)'{') + 1;
            var writer = response.BodyWriter;
            writer.Write(received.Span[..start]);
            writer.Write(BodyMarks.Property(exchange, call).Span);
            writer.Write(","u8);
            writer.Write(received.Span[start..]);
            await writer.FlushAsync(exchange.Aborted);
        }

        if (call.HasRest)
        {
            await RelayRestAsync(exchange, call);
        }
    }

    private static async Task RelayRestAsync(Exchange exchange, ProviderCall call)
    {
        call.Facts.ContentLength = call.Received!.Length; // too long to be read: its size stands for its content
        try
        {
            while (true)
            {
                call.Received.Clear();
                var read = await call.ReadAsync(call.Received.Free(1));
                if (read == 0)
                {
                    call.Arrived();
                    return;
                }

                call.Received.Advance(read);
                call.Facts.ContentLength += read;
                await exchange.Http.Response.BodyWriter.WriteAsync(call.Received.Memory, exchange.Aborted);
            }
        }
        catch (Exception fault) when (ProviderCall.IsBroken(fault))
        {
            call.Result = exchange.Aborted.IsCancellationRequested ? AttemptResult.ClientCancelled : AttemptResult.BrokenStream;
            exchange.Http.Abort(); // half an answer must not look whole
        }
    }
}
