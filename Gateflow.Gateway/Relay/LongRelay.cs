using System.Buffers;
using Gateflow.Core.Rollout;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Pipeline;

namespace Gateflow.Gateway.Relay;

/// <summary>
/// Relays an answer that is too long to be held back. Its model stands near its beginning or its end, its usage near its end: the last bytes are kept
/// back until no more come.
/// </summary>
internal sealed class LongRelay(Exchange exchange, ProviderCall call)
{
    private const int KeptBack = 4 * 1024;

    private readonly IBufferWriter<byte> _out = exchange.Http.Response.BodyWriter;
    private bool _modelTold;

    public async Task RelayAsync()
    {
        var received = call.Received!;
        call.Facts.ContentLength = received.Length; // too long to be read: its size stands for its content
        WriteBeginning(received.Length - KeptBack);
        try
        {
            while (true)
            {
                await exchange.Http.Response.BodyWriter.FlushAsync(exchange.Aborted);
                var read = await call.ReadAsync(received.Free(1));
                if (read == 0)
                {
                    break;
                }

                received.Advance(read);
                call.Facts.ContentLength += read;
                var sent = Math.Max(0, received.Length - KeptBack);
                _out.Write(received.Span[..sent]);
                received.RemoveFront(sent);
            }

            call.Arrived();
            WriteEnd();
            await exchange.Http.Response.BodyWriter.FlushAsync(exchange.Aborted);
        }
        catch (Exception fault) when (ProviderCall.IsBroken(fault))
        {
            call.Result = exchange.Aborted.IsCancellationRequested ? AttemptResult.ClientCancelled : AttemptResult.BrokenStream;
            exchange.Http.Abort(); // half an answer must not look whole
        }
    }

    /// <summary>Tells the first <paramref name="length"/> bytes: the gateway's property comes first, the model where it stands among them.</summary>
    private void WriteBeginning(int length)
    {
        var received = call.Received!;
        var beginning = received.Span[..length];
        var at = 0;
        if (exchange.Acted)
        {
            at = beginning.IndexOf((byte)'{') + 1;
            _out.Write(beginning[..at]);
            _out.Write(BodyMarks.Property(exchange, call).Span);
            _out.Write(","u8);
        }

        if (LongAnswer.FindModel(beginning) is { } model)
        {
            _modelTold = true;
            _out.Write(beginning[at..model.Start]);
            _out.Write(call.Candidate.ModelJson.Span);
            at = model.End.Value;
        }

        _out.Write(beginning[at..]);
        received.RemoveFront(length);
    }

    private void WriteEnd()
    {
        var end = call.Received!.Span;
        var model = LongAnswer.ReadEnd(end, call.Candidate.Adapter, call.Facts);
        if (model is { } found && !_modelTold)
        {
            _out.Write(end[..found.Start]);
            _out.Write(call.Candidate.ModelJson.Span);
            end = end[found.End..];
        }

        _out.Write(end);
    }
}
