using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Anthropic;

/// <param name="Tokens">Longest thought; 0: none.</param>
/// <param name="Shown">False: the thought's text is left out, its signature stays.</param>
/// <param name="Manual">Thinking with a budget, which has rules of its own.</param>
internal sealed record MessageThinking(int Tokens, bool Shown, bool Manual)
{
    private const int LeastBudget = 1024;
    private static readonly string[] Types = ["adaptive", "between_tools", "disabled", "enabled"];

    public static MessageThinking Read(Fields request, ClaudeFamily family, int? maxTokens)
    {
        var asked = request.Object("output_config")?.Text("effort");
        if (asked is not null && !family.Effort)
        {
            request.Fail("This model does not support the effort parameter.");
        }

        var effort = asked ?? "high";
        if (request.Object("thinking") is not { } thinking)
        {
            return new MessageThinking(0, true, false);
        }

        var type = thinking.NeedText("type") ?? "";
        if (!Types.Contains(type))
        {
            thinking.Fail(AnthropicWording.Tag(thinking.Path, type, Types));
        }

        if ((type == "enabled" && !family.Budget) || (type == "disabled" && !family.ThinkingOff))
        {
            thinking.Fail($"\"thinking.type.{type}\" is not supported for this model. Use \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior.");
        }

        if (type is "adaptive" or "between_tools" && !family.Adaptive)
        {
            thinking.Fail($"{type} thinking is not supported on this model");
        }

        var shown = type is "disabled" || thinking.OneOf("display", "summarized", "omitted") != "omitted";
        if (type != "enabled")
        {
            thinking.Allow(type == "disabled" ? ["type"] : ["type", "display"]);
            return new MessageThinking(type == "disabled" ? 0 : Effort.Tokens(effort), shown, false);
        }

        thinking.Allow("type", "budget_tokens", "display");
        thinking.Need("budget_tokens");
        var budget = thinking.Integer("budget_tokens", LeastBudget, int.MaxValue);
        if (budget >= maxTokens)
        {
            thinking.Fail("`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size");
        }

        return new MessageThinking(Effort.Tokens(effort), shown, true);
    }
}
