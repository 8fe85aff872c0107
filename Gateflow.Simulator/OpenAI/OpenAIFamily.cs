using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gateflow.Simulator.OpenAI;

/// <summary>
/// What a model of OpenAI's takes of chat completions, by its id: models that reason refuse parameters that the older ones take. Ids of another form
/// have no limits.
/// </summary>
/// <param name="Reasons">Whether it reasons; null for a model that is not known.</param>
/// <param name="Efforts">The values of <c>reasoning_effort</c>.</param>
/// <param name="SamplingWithoutEffort">Whether it takes sampling parameters and log probabilities while its effort is none.</param>
/// <param name="Stop">Whether it takes <c>stop</c>.</param>
/// <param name="System">Whether it takes system and developer messages.</param>
/// <param name="Tools">Whether it takes tools: always, only without effort, never.</param>
internal sealed partial record OpenAIFamily(bool? Reasons, string[] Efforts, bool SamplingWithoutEffort, bool Stop, bool System, ToolUse Tools)
{
    private static readonly OpenAIFamily Unlimited = new(null, [], true, true, true, ToolUse.Always);
    private static readonly string[] Sampling = ["temperature", "top_p"];
    private static readonly string[] Refused = ["logit_bias", "functions", "function_call"];
    private static readonly string[] Penalties = ["presence_penalty", "frequency_penalty"];

    public static OpenAIFamily Of(string model)
    {
        if (!ReasoningPattern().IsMatch(model))
        {
            return PlainPattern().IsMatch(model) ? Unlimited with { Reasons = false } : Unlimited;
        }

        return new OpenAIFamily(
            Reasons: true,
            Efforts: EffortsOf(model),
            SamplingWithoutEffort: model.StartsWith("gpt-5.", StringComparison.Ordinal) || WithoutEffortPattern().IsMatch(model),
            Stop: model.StartsWith("o1", StringComparison.Ordinal),
            System: !model.StartsWith("o1-preview", StringComparison.Ordinal) && !model.StartsWith("o1-mini", StringComparison.Ordinal),
            Tools: NoToolsPattern().IsMatch(model) ? ToolUse.Never
                : WithoutEffortPattern().IsMatch(model) || model.StartsWith("gpt-5.6", StringComparison.Ordinal) ? ToolUse.WithoutEffort
                : ToolUse.Always);
    }

    /// <summary>The first thing that the model refuses becomes the fault.</summary>
    public void Check(Arguments arguments, string model, JsonElement json)
    {
        var effort = arguments.Text("reasoning_effort");
        if (Reasons == false && effort is not null)
        {
            arguments.Fail(OpenAIError.Invalid("Unrecognized request argument supplied: reasoning_effort", null, null));
        }

        if (Reasons != true)
        {
            return;
        }

        if (arguments.Get("max_tokens") is not null)
        {
            arguments.Fail(Unsupported("max_tokens", " Use 'max_completion_tokens' instead."));
        }

        if (effort is not null && !Efforts.Contains(effort))
        {
            arguments.Fail(BadValue("reasoning_effort", $"'{effort}'", $"Supported values are: {string.Join(", ", Efforts.Select(e => $"'{e}'"))}."));
        }

        if (!(SamplingWithoutEffort && effort == "none"))
        {
            CheckSampling(arguments);
        }

        foreach (var name in Refused.Concat(Stop ? [] : ["stop"]).Where(name => arguments.Get(name) is not null))
        {
            arguments.Fail(Unsupported(name, ""));
        }

        foreach (var name in Penalties.Where(name => OtherThan(arguments, name, 0)))
        {
            arguments.Fail(Unsupported(name, ""));
        }

        CheckTools(arguments, model, effort);
        CheckRoles(arguments, json);
    }

    private static void CheckSampling(Arguments arguments)
    {
        foreach (var name in Sampling.Where(name => OtherThan(arguments, name, 1)))
        {
            arguments.Fail(BadValue(name, arguments.Get(name)!.Value.GetRawText(), "Only the default (1) value is supported."));
        }

        if (arguments.Get("logprobs") is { ValueKind: JsonValueKind.True })
        {
            arguments.Fail(Unsupported("logprobs", ""));
        }
    }

    private void CheckTools(Arguments arguments, string model, string? effort)
    {
        if (arguments.Get("tools") is { ValueKind: JsonValueKind.Array } tools && tools.GetArrayLength() > 0
            && (Tools == ToolUse.Never || (Tools == ToolUse.WithoutEffort && effort != "none")))
        {
            arguments.Fail(OpenAIError.Invalid(
                $"Function tools with reasoning_effort are not supported for {model} in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.",
                "reasoning_effort",
                null));
        }

        if (model.StartsWith('o') && arguments.Get("parallel_tool_calls") is not null)
        {
            arguments.Fail(Unsupported("parallel_tool_calls", ""));
        }
    }

    private void CheckRoles(Arguments arguments, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("messages", out var messages) || messages.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        var roles = messages.EnumerateArray()
            .Select(message => message.ValueKind == JsonValueKind.Object && message.TryGetProperty("role", out var role) && role.ValueKind == JsonValueKind.String ? role.GetString() : null)
            .ToList();
        var (system, developer) = (roles.IndexOf("system"), roles.IndexOf("developer"));
        if (system >= 0 && (developer >= 0 || !System))
        {
            arguments.Fail(BadValue($"messages[{system}].role", "'system'", ""));
        }
        else if (developer >= 0 && !System)
        {
            arguments.Fail(BadValue($"messages[{developer}].role", "'developer'", ""));
        }
    }

    private static bool OtherThan(Arguments arguments, string name, double neutral) =>
        arguments.Get(name) is { ValueKind: JsonValueKind.Number } value && value.GetDouble() != neutral;

    private static OpenAIError Unsupported(string name, string instead) =>
        OpenAIError.Invalid($"Unsupported parameter: '{name}' is not supported with this model.{instead}", name, "unsupported_parameter");

    private static OpenAIError BadValue(string name, string value, string only) =>
        OpenAIError.Invalid($"Unsupported value: '{name}' does not support {value} with this model. {only}".TrimEnd(), name, "unsupported_value");

    private static string[] EffortsOf(string model) =>
        model.StartsWith("o1-preview", StringComparison.Ordinal) || model.StartsWith("o1-mini", StringComparison.Ordinal) ? []
        : model.StartsWith('o') ? ["low", "medium", "high"]
        : model.StartsWith("gpt-5-pro", StringComparison.Ordinal) ? ["high"]
        : model.StartsWith("gpt-5.1", StringComparison.Ordinal) && !model.Contains("max", StringComparison.Ordinal) ? ["none", "low", "medium", "high"]
        : model.StartsWith("gpt-5.", StringComparison.Ordinal) ? ["none", "low", "medium", "high", "xhigh"]
        : model.StartsWith("gpt-5", StringComparison.Ordinal) ? ["minimal", "low", "medium", "high"]
        : WithoutEffortPattern().IsMatch(model) ? ["none", "low", "medium", "high", "xhigh", "max"]
        : ["low", "medium", "high", "xhigh"];

    [GeneratedRegex(@"^(o\d|gpt-5(?!.*chat)|gpt-6)", RegexOptions.ExplicitCapture)]
    private static partial Regex ReasoningPattern();

    [GeneratedRegex("^(gpt-3|gpt-4|chatgpt|gpt-5.*chat)", RegexOptions.ExplicitCapture)]
    private static partial Regex PlainPattern();

    /// <summary>Models of the sixth generation that can be told not to reason.</summary>
    [GeneratedRegex(@"^(gpt-6-sol|gpt-6-luna|gpt-6\.1-terra)", RegexOptions.ExplicitCapture)]
    private static partial Regex WithoutEffortPattern();

    [GeneratedRegex(@"^(o1-preview|o1-mini|gpt-6\.1-sol|gpt-6-astra)", RegexOptions.ExplicitCapture)]
    private static partial Regex NoToolsPattern();
}

/// <summary>When a model takes tools on chat completions.</summary>
internal enum ToolUse : byte
{
    Always,
    WithoutEffort,
    Never,
}
