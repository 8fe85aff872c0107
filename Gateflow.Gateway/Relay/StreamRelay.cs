using System.Buffers;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Providers;

namespace Gateflow.Gateway.Relay;

/// <summary>
/// Relays a stream event by event, each flushed as soon as it is whole: an event that breaks off half-way never reaches the caller, who gets an error event
/// instead. The usage chunk is taken out when the caller did not ask for it.
/// </summary>
internal sealed class StreamRelay(Exchange exchange, ProviderCall call, Drain drain, string? documentation)
{
    private const int LargestEvent = 16 * 1024 * 1024;

    private readonly PooledBody _buffer = call.Received!;
    private readonly bool _hideUsage = !exchange.Envelope.IncludeUsage;
    private readonly ReadOnlyMemory<byte> _model = call.Candidate.ModelJson;
    private SseScanner _scanner;
    private bool _done;
    private int _events;

    public async Task RelayAsync()
    {
        var response = exchange.Http.Response;
        response.StatusCode = call.Status;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await ForwardAsync();
            while (!_done)
            {
                if (drain.IsOver)
                {
                    await BreakAsync(AttemptResult.GatewayStopped, GatewayError.Stopped);
                    return;
                }

                var read = await call.ReadAsync(_buffer.Free(1));
                _buffer.Advance(read);
                if (read == 0)
                {
                    await EndAsync();
                    return;
                }

                await ForwardAsync();
                if (_buffer.Length > LargestEvent)
                {
                    await BreakAsync("sent an event that is too long");
                    return;
                }
            }
        }
        catch (Exception fault) when (ProviderCall.IsBroken(fault))
        {
            if (exchange.Aborted.IsCancellationRequested)
            {
                call.Result = AttemptResult.ClientCancelled;
                return;
            }

            await BreakAsync(fault is OperationCanceledException ? "sent nothing for too long" : "broke the connection");
        }
    }

    /// <summary>The provider ended the stream: whole only if it said so, or gave a reason for finishing.</summary>
    private async Task EndAsync()
    {
        if (call.Facts.Finish == Providers.Finish.None && !call.Facts.HasError)
        {
            await BreakAsync("ended the stream half-way");
            return;
        }

        if (_buffer.Length > 0)
        {
            _buffer.Append("\n\n"u8);
            await ForwardAsync();
        }
    }

    private async ValueTask ForwardAsync()
    {
        var (from, to) = (0, 0);
        while (!_done && _scanner.TryNext(_buffer.Span, out var found, out var data))
        {
            if (!Read(_buffer.Span[data], out var marks))
            {
                await WriteAsync(from, found.Start.Value);
                (from, to) = (found.End.Value, found.End.Value);
                continue;
            }

            to = found.End.Value;
            var model = data.Start.Value + marks.ModelStart;
            if (marks.HasModel && !_buffer.Span.Slice(model, marks.ModelLength).SequenceEqual(_model.Span))
            {
                exchange.Http.Response.BodyWriter.Write(_buffer.Span[from..model]);
                exchange.Http.Response.BodyWriter.Write(_model.Span);
                from = model + marks.ModelLength;
            }
        }

        await WriteAsync(from, to);
        _buffer.RemoveFront(to);
        _scanner.Removed(to);
        if (call.Facts.HasError)
        {
            call.Result = AttemptResult.BrokenStream; // the provider's own error event has been passed on
        }
    }

    /// <summary>Learns from one event; false when it is not for the caller.</summary>
    private bool Read(ReadOnlySpan<byte> data, out AnswerMarks marks)
    {
        marks = default;
        if (data.IsEmpty)
        {
            return true;
        }

        _events++;
        if (data.SequenceEqual("[DONE]"u8))
        {
            _done = true;
            call.Arrived();
            return true;
        }

        call.Candidate.Adapter.TryRead(data, call.Facts, out marks);
        if (!call.Facts.IsEmpty)
        {
            call.Arrived();
        }

        return !(marks.UsageOnly && _hideUsage);
    }

    private async ValueTask WriteAsync(int from, int to)
    {
        if (to <= from)
        {
            return;
        }

        if (exchange.FirstByte == 0)
        {
            exchange.FirstByte = exchange.Time.GetTimestamp();
        }

        var flushed = await exchange.Http.Response.BodyWriter.WriteAsync(_buffer.Memory[from..to], exchange.Aborted);
        if (flushed.IsCompleted || flushed.IsCanceled)
        {
            exchange.Aborted.ThrowIfCancellationRequested();
        }
    }

    private Task BreakAsync(string what) => BreakAsync(
        AttemptResult.BrokenStream, GatewayError.Provider(502, $"The provider '{call.Candidate.Endpoint.Provider.Name}' {what}.") with { Code = "stream_broken" });

    private async Task BreakAsync(AttemptResult result, GatewayError error)
    {
        call.Result = result;
        _buffer.Clear();
        _buffer.Append(exchange.Protocol.ErrorEvent(error, documentation, exchange.RequestId, _events).Span);
        try
        {
            await WriteAsync(0, _buffer.Length);
        }
        catch (OperationCanceledException)
        {
            // the caller has gone as well
        }
    }
}
