using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Faults;

namespace Gateflow.Simulator.OpenAI;

/// <summary>
/// Streams a completion as server-sent events: role first, the pieces of all choices in turns, a finish for each, usage if asked
/// for, <c>[DONE]</c>. Pieces that are already due go out together, so a late timer never slows the pace.
/// </summary>
internal static class ChatStream
{
    private const int FlushAt = 4096;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(1);

    public static async Task SendAsync(HttpContext context, Turn turn, ChatCompletion completion, bool includeUsage)
    {
        var cancellationToken = context.RequestAborted;
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";

        using var chunks = new ChatChunks(context.Response.BodyWriter, completion, includeUsage);
        var choices = completion.Replies.Select((reply, index) => new ChoiceInStream(index, reply)).ToList();
        if (completion.ContentFilter)
        {
            chunks.PromptFilter();
        }

        foreach (var choice in choices)
        {
            chunks.Role(choice.Index, choice.Reply.Text is not null);
        }

        await chunks.FlushAsync(cancellationToken);
        var stopAt = turn.Fate is Fate.BrokenStream or Fate.Malformed or Fate.StreamError
            ? choices.Sum(choice => choice.Length) * turn.BreakAt
            : double.PositiveInfinity;
        var started = turn.Clock.GetTimestamp();
        var sent = 0;
        var open = choices.Count;
        while (open > 0)
        {
            foreach (var choice in choices)
            {
                if (choice.Finished)
                {
                    continue;
                }

                if (sent >= stopAt)
                {
                    await StopShortAsync(context, turn, chunks);
                    return;
                }

                sent += choice.WriteNext(chunks);
                open -= choice.Finished ? 1 : 0;
                var pause = turn.Duration((double)sent / TokenEstimate.CharsPerToken) - turn.Clock.GetElapsedTime(started);
                if (pause >= ShortestPause)
                {
                    await chunks.FlushAsync(cancellationToken);
                    await turn.WaitAsync(pause, cancellationToken);
                }
                else if (chunks.Unflushed >= FlushAt)
                {
                    await chunks.FlushAsync(cancellationToken);
                }
            }
        }

        chunks.UsageAndDone();
        await chunks.FlushAsync(cancellationToken);
    }

    private static async Task StopShortAsync(HttpContext context, Turn turn, ChatChunks chunks)
    {
        if (turn.Fate == Fate.BrokenStream)
        {
            await Delivery.AbortAsync(context, turn);
            return;
        }

        if (turn.Fate == Fate.StreamError)
        {
            chunks.Failed(OpenAIError.Simulated(turn.Entry.Behaviour.ErrorStatus, turn.Entry.Id));
        }
        else
        {
            chunks.Malformed();
        }

        await chunks.FlushAsync(context.RequestAborted);
    }

    /// <summary>How far one choice is: its text, then its calls one after another, then its finish.</summary>
    private sealed class ChoiceInStream(int index, Reply reply)
    {
        private int _call = -1;
        private int _at;

        public int Index => index;

        public Reply Reply => reply;

        public bool Finished { get; private set; }

        public int Length => (reply.Text?.Length ?? 0) + reply.ToolCalls.Sum(call => call.Arguments.Length);

        /// <returns>Characters sent.</returns>
        public int WriteNext(ChatChunks chunks)
        {
            var text = _call < 0 ? reply.Text ?? "" : reply.ToolCalls[_call].Arguments;
            if (_at < text.Length)
            {
                var piece = Pieces.Next(text.AsSpan(_at));
                if (_call < 0)
                {
                    chunks.Text(index, piece);
                }
                else
                {
                    chunks.Arguments(index, _call, piece);
                }

                _at += piece.Length;
                return piece.Length;
            }

            if (_call + 1 < reply.ToolCalls.Count)
            {
                (_call, _at) = (_call + 1, 0);
                chunks.Call(index, _call, reply.ToolCalls[_call].Name);
                return 0;
            }

            chunks.Finish(index, ChatCompletion.FinishReason(reply.End));
            Finished = true;
            return 0;
        }
    }
}
