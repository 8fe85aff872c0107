using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Faults;

namespace Gateflow.Simulator.Streaming;

/// <summary>
/// Sends a script at the model's pace, or as much of it as the turn's fate allows. Events that are already due go out together, so
/// a late timer never slows the pace.
/// </summary>
internal static class PacedStream
{
    private const int FlushAt = 4096;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(1);

    public static async Task SendAsync(HttpContext context, Turn turn, IFraming framing, StreamScript script)
    {
        var cancellationToken = context.RequestAborted;
        context.Response.ContentType = framing.ContentType;
        context.Response.Headers.CacheControl = "no-cache";
        var pipe = context.Response.BodyWriter;
        var stopAt = turn.Fate is Fate.BrokenStream or Fate.Malformed or Fate.StreamError
            ? script.Characters * turn.BreakAt
            : double.PositiveInfinity;
        var started = turn.Clock.GetTimestamp();
        var sent = 0;
        var unflushed = 0;
        foreach (var item in script.Events)
        {
            // The first event always goes out: a stream that breaks has begun.
            if (sent >= stopAt && unflushed + sent > 0)
            {
                await StopShortAsync(context, turn, framing, script.Failure);
                return;
            }

            unflushed += framing.Write(pipe, item);
            sent += item.Characters;
            var pause = turn.Duration((double)sent / TokenEstimate.CharsPerToken) - turn.Clock.GetElapsedTime(started);
            if (pause >= ShortestPause)
            {
                await pipe.FlushAsync(cancellationToken);
                await turn.WaitAsync(pause, cancellationToken);
                unflushed = 0;
            }
            else if (unflushed >= FlushAt)
            {
                await pipe.FlushAsync(cancellationToken);
                unflushed = 0;
            }
        }

        framing.WriteEnd(pipe);
        await pipe.FlushAsync(cancellationToken);
    }

    private static async Task StopShortAsync(HttpContext context, Turn turn, IFraming framing, StreamEvent failure)
    {
        switch (turn.Fate)
        {
            case Fate.BrokenStream:
                await Delivery.AbortAsync(context, turn);
                return;
            case Fate.StreamError:
                framing.Write(context.Response.BodyWriter, failure);
                framing.WriteEnd(context.Response.BodyWriter);
                break;
            default:
                framing.WriteMalformed(context.Response.BodyWriter);
                break;
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
