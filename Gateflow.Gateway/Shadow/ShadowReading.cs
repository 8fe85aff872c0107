using System.Text;
using Gateflow.Core.Rollout;
using Gateflow.Core.Shadow;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Shadow;

/// <summary>Reads the answers of both sides, whatever protocols they came in.</summary>
internal static class ShadowReading
{
    private const int LargestEvent = 16 * 1024 * 1024;

    /// <summary>Longest content of an answer that is compared, as told by <see cref="AnswerFacts.ContentLength"/>.</summary>
    private const int LongestCompared = 1024 * 1024;

    /// <summary>Reads the answer to a copy to its end; the call's result says whether it has one.</summary>
    public static async Task ReadToEndAsync(ProviderCall call)
    {
        try
        {
            while (true)
            {
                if (call.Translated is { HasBegun: true })
                {
                    call.Arrived();
                }

                if (call.Translated is { Failure: not null })
                {
                    call.Result = AttemptResult.BrokenStream;
                    return;
                }

                if (!call.HasRest)
                {
                    break;
                }

                if (!await ReadMoreAsync(call))
                {
                    call.Result = AttemptResult.BrokenStream;
                    return;
                }
            }

            call.Arrived();
            if (call.IsStream && call.Facts.Finish == Finish.None)
            {
                call.Result = AttemptResult.BrokenStream;
            }
        }
        catch (Exception fault) when (ProviderCall.IsBroken(fault))
        {
            call.Result = call.Meaning(fault) == AttemptResult.ClientCancelled ? AttemptResult.ClientCancelled : AttemptResult.BrokenStream;
        }
    }

    /// <summary>The target's answer; null when it is too long to be kept.</summary>
    public static ShadowAnswer? Answer(ProviderCall target) =>
        target.Translated is { } answer && target.Facts.ContentLength <= LongestCompared ? Of(answer.Parts) : null;

    /// <summary>The two answers beside each other; null when the source's is not known whole, or cannot be read.</summary>
    public static ShadowComparison? Compare(ShadowCopy copy, ShadowAnswer target, bool jsonDemanded) =>
        copy.SourceAnswer is { } recording && Read(recording, copy.SourceAdapter!, copy.SourceStreams) is { } source
            ? ShadowComparison.Of(source, target, jsonDemanded)
            : null;

    private static async ValueTask<bool> ReadMoreAsync(ProviderCall call)
    {
        var received = call.Received!;
        if (call.Translated is not { } answer)
        {
            received.Clear(); // an answer too long to be read: only its end matters
            call.HasRest = await call.ReadAsync(received.Free(1)) > 0;
            return true;
        }

        var read = await call.ReadAsync(received.Free(1));
        call.HasRest = read > 0;
        received.Advance(read);
        if (read == 0 && received.Length > 0)
        {
            received.Append("\n\n"u8);
        }

        if (!answer.Read(received, call.Facts) || received.Length > LargestEvent)
        {
            return false;
        }

        if (call.Facts.ContentLength > LongestCompared)
        {
            answer.Written();
        }

        return true;
    }

    private static ShadowAnswer? Read(AnswerRecording recording, IProviderAdapter adapter, bool isStream)
    {
        var answer = new TranslatedAnswer(adapter);
        using var facts = new AnswerFacts(keepContent: false);
        if (isStream)
        {
            recording.Bytes.Append("\n\n"u8);
        }

        var good = isStream ? answer.Read(recording.Bytes, facts) : answer.ReadWhole(recording.Bytes.Span, facts);
        return good && answer.Failure is null ? Of(answer.Parts) : null;
    }

    /// <summary>What the first choice of an answer says, and which tools it wants called.</summary>
    private static ShadowAnswer Of(IReadOnlyList<AnswerPart> parts)
    {
        var text = new StringBuilder();
        var calls = new SortedDictionary<int, (string Name, StringBuilder Arguments)>();
        foreach (var part in parts.Where(static part => part.Choice == 0))
        {
            switch (part)
            {
                case TextDelta said:
                    text.Append(said.Text);
                    break;
                case RefusalDelta refused:
                    text.Append(refused.Text);
                    break;
                case ToolStart call:
                    calls[call.Index] = (call.Name, new StringBuilder());
                    break;
                case ToolArguments arguments when calls.TryGetValue(arguments.Index, out var call):
                    call.Arguments.Append(arguments.Json);
                    break;
            }
        }

        return new ShadowAnswer(text.ToString(), [.. calls.Values.Select(static call => new ShadowCall(call.Name, call.Arguments.ToString()))]);
    }
}
