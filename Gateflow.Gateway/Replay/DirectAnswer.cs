using System.Text;
using Gateflow.Core.Shadow;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Replay;

/// <summary>A model's answer to a <see cref="DirectRequest"/>.</summary>
/// <param name="Text">What it said, or refused with; where it called tools, each call on a line of its own: name and arguments.</param>
/// <param name="Calls">The tools that it wants called, in order; never executed.</param>
/// <param name="Refused">Whether it refused by its API's own field.</param>
/// <param name="Truncated">Whether it ended at a limit of tokens.</param>
/// <param name="InputTokens">Cached ones included; null when the provider does not say.</param>
/// <param name="CachedTokens">Part of <paramref name="InputTokens"/>.</param>
/// <param name="OutputTokens">Reasoning included; null when the provider does not say.</param>
public sealed record DirectAnswer(string Text, IReadOnlyList<ShadowCall> Calls, bool Refused, bool Truncated, int? InputTokens, int CachedTokens, int? OutputTokens)
{
    internal static DirectAnswer Of(IReadOnlyList<AnswerPart> parts)
    {
        var (text, refusal) = (new StringBuilder(), new StringBuilder());
        var calls = new SortedDictionary<int, (string Name, StringBuilder Arguments)>();
        Counted? usage = null;
        var truncated = false;
        foreach (var part in parts.Where(static part => part.Choice == 0))
        {
            switch (part)
            {
                case TextDelta said:
                    text.Append(said.Text);
                    break;
                case RefusalDelta refused:
                    refusal.Append(refused.Text);
                    break;
                case ToolStart call:
                    calls[call.Index] = (call.Name, new StringBuilder());
                    break;
                case ToolArguments arguments when calls.TryGetValue(arguments.Index, out var call):
                    call.Arguments.Append(arguments.Json);
                    break;
                case Finished finished:
                    truncated |= finished.Reason == Finish.Length;
                    break;
                case Counted counted:
                    usage = counted;
                    break;
            }
        }

        var made = calls.Values.Select(static call => new ShadowCall(call.Name, call.Arguments.ToString())).ToList();
        var words = made.Count > 0 ? string.Join('\n', made.Select(static call => $"{call.Name} {call.Arguments}".TrimEnd())) : text.Length > 0 ? text.ToString() : refusal.ToString();
        return new DirectAnswer(words, made, refusal.Length > 0, truncated, usage?.Input, usage?.Cached ?? 0, usage?.Output);
    }
}
