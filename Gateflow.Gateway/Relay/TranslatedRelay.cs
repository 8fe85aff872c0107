using System.Buffers;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Pipeline;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Relay;

/// <summary>Tells an answer in the caller's protocol that came in another one, as a stream or whole, however it came.</summary>
internal sealed class TranslatedRelay(Exchange exchange, ProviderCall call, Drain drain, string? documentation)
{
    private const int LargestEvent = 16 * 1024 * 1024;
    private const int LargestWhole = 64 * 1024 * 1024;

    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    private readonly TranslatedAnswer _answer = call.Translated!;
    private readonly bool _stream = exchange.Envelope.Stream;
    private readonly IAnswerWriter _writer = exchange.Protocol.CreateWriter(new AnswerContext(
        exchange.RequestId, call.Candidate.Model, exchange.At, exchange.Request!, exchange.Envelope.Stream, exchange.Envelope.IncludeUsage));
    private long _written = exchange.Time.GetTimestamp();

    public async Task RelayAsync()
    {
        using var output = new PooledBody(4 * 1024);
        if (_stream)
        {
            var response = exchange.Http.Response;
            response.StatusCode = 200;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-cache";
            response.Headers["X-Accel-Buffering"] = "no";
        }

        var problem = await ReadAllAsync(output);
        if (call.Result == AttemptResult.ClientCancelled)
        {
            return;
        }

        try
        {
            await EndAsync(output, problem);
        }
        catch (OperationCanceledException)
        {
            call.Result = problem is null ? AttemptResult.ClientCancelled : call.Result; // the caller has gone
        }
    }

    private async Task EndAsync(PooledBody output, GatewayError? problem)
    {
        if (problem is not null)
        {
            call.Result = problem == GatewayError.Stopped ? AttemptResult.GatewayStopped : AttemptResult.BrokenStream;
            if (_stream)
            {
                output.Append(exchange.Protocol.ErrorEvent(problem, documentation, exchange.RequestId, _writer.Events).Span);
                await FlushAsync(output);
                return;
            }

            exchange.FirstByte = exchange.Time.GetTimestamp();
            await ErrorWriter.WriteAsync(exchange.Http, problem, exchange.Protocol.ErrorBody(problem, documentation, exchange.RequestId));
            return;
        }

        call.Arrived();
        _writer.Complete(output);
        if (_stream)
        {
            await FlushAsync(output);
            return;
        }

        await WriteWholeAsync(output);
    }

    /// <summary>Reads and tells until the answer ends; why it broke off, else null.</summary>
    private async Task<GatewayError?> ReadAllAsync(PooledBody output)
    {
        try
        {
            while (true)
            {
                foreach (var part in _answer.Parts)
                {
                    if (part is Failed failed)
                    {
                        return failed.Error;
                    }

                    _writer.Add(part, output);
                }

                _answer.Written();
                if (_answer.HasBegun)
                {
                    call.Arrived();
                }

                if (_stream && output.Length == 0 && exchange.Time.GetElapsedTime(_written) >= LongestSilence)
                {
                    _writer.Ping(output);
                }

                await (_stream ? FlushAsync(output) : ValueTask.CompletedTask);
                if (!call.HasRest)
                {
                    return call.Facts.Finish == Finish.None && call.IsStream ? Broken("ended the stream half-way") : null;
                }

                if (drain.IsOver)
                {
                    return GatewayError.Stopped;
                }

                var received = call.Received!;
                var read = await call.ReadAsync(received.Free(1));
                call.HasRest = read > 0;
                received.Advance(read);
                if (read == 0 && received.Length > 0)
                {
                    received.Append("\n\n"u8);
                }

                if (!_answer.Read(received, call.Facts))
                {
                    return Broken("sent an event that could not be read");
                }

                if (received.Length > LargestEvent || call.Facts.ContentLength > LargestWhole)
                {
                    return Broken("sent an event that is too long");
                }
            }
        }
        catch (Exception fault) when (ProviderCall.IsBroken(fault))
        {
            if (exchange.Aborted.IsCancellationRequested)
            {
                call.Result = AttemptResult.ClientCancelled;
                return null;
            }

            return Broken(fault is OperationCanceledException ? "sent nothing for too long" : "broke the connection");
        }
    }

    private GatewayError Broken(string what) =>
        GatewayError.Provider(502, $"The provider '{call.Candidate.Endpoint.Provider.Name}' {what}.") with { Code = "stream_broken" };

    private async ValueTask FlushAsync(PooledBody output)
    {
        if (output.Length == 0)
        {
            return;
        }

        _written = exchange.Time.GetTimestamp();
        if (exchange.FirstByte == 0)
        {
            exchange.FirstByte = _written;
        }

        var flushed = await exchange.Http.Response.BodyWriter.WriteAsync(output.Memory, exchange.Aborted);
        output.Clear();
        if (flushed.IsCompleted || flushed.IsCanceled)
        {
            exchange.Aborted.ThrowIfCancellationRequested();
        }
    }

    private async ValueTask WriteWholeAsync(PooledBody output)
    {
        var response = exchange.Http.Response;
        response.StatusCode = 200;
        response.ContentType = "application/json";
        exchange.FirstByte = exchange.Time.GetTimestamp();
        if (exchange.Acted)
        {
            var end = output.Span.LastIndexOf((byte)'}');
            var property = BodyMarks.Property(exchange, call);
            output.Truncate(end);
            output.Append(","u8);
            output.Append(property.Span);
            output.Append("}"u8);
        }

        response.ContentLength = output.Length;
        await response.BodyWriter.WriteAsync(output.Memory, exchange.Aborted);
    }
}
