using System.Globalization;
using System.Text.RegularExpressions;
using Gateflow.Core.Routing;

namespace Gateflow.Gateway.Providers.Bedrock;

/// <summary>
/// What models behind Converse have other words for, by maker and version in their ids; what they merely refuse is a matter of the shims. Sources: Bedrock's user guide ("structured outputs", "prompt
/// caching", "extended thinking"), the notes on single models in npm @ai-sdk/amazon-bedrock 4.0, and for the choice of tools those in github.com/langchain-ai/langchain-aws.
/// </summary>
internal sealed partial record BedrockFamily
{
    private const decimal FirstThinking = 3.7m;

    /// <summary>Thought budgets from this version on are the model's own to choose; below it takes a number of tokens.</summary>
    private const decimal FirstAdaptive = 4.6m;

    /// <summary>Anthropic's.</summary>
    public bool IsClaude { get; private init; }

    /// <summary>Amazon's.</summary>
    public bool IsNova { get; private init; }

    /// <summary>Nova of the second generation, which thinks before it answers, when told to.</summary>
    public bool IsNova2 { get; private init; }

    /// <summary>OpenAI's models with open weights.</summary>
    public bool IsGptOss { get; private init; }

    /// <summary>Claude that thinks before it answers, when told to.</summary>
    public bool Thinks { get; private init; }

    /// <summary>Claude that takes adaptive thinking and an effort in place of a budget.</summary>
    public bool IsAdaptive { get; private init; }

    /// <summary>Takes a schema for its text.</summary>
    public bool TakesSchema { get; private init; }

    /// <summary>Takes tools whose arguments must follow their schema.</summary>
    public bool TakesStrictTools { get; private init; }

    /// <summary>Refuses to be told whether and which tool to call.</summary>
    public bool TakesNoToolChoice { get; private init; }

    /// <summary>Can be told to call some tool, but not which (AWS's API reference, SpecificToolChoice).</summary>
    public bool TakesNoNamedTool { get; private init; }

    /// <summary>Takes marks of what is to be cached, and whether a tool failed.</summary>
    public bool TakesMarks => IsClaude || IsNova;

    /// <summary>Of a model id, an inference profile's id, or an ARN; what an ARN does not tell, the model that callers name does.</summary>
    public static BedrockFamily Of(ModelEndpoint endpoint)
    {
        var upstream = endpoint.UpstreamModel;
        var names = endpoint.Provider.Deployments.Where(deployment => deployment.Value == upstream).Select(deployment => deployment.Key).Prepend(upstream);
        return names.Select(Of).FirstOrDefault(static family => family is not null) ?? new BedrockFamily();
    }

    private static BedrockFamily? Of(string id)
    {
        if (ClaudePattern().Match(id) is { Success: true } claude)
        {
            return OfClaude(claude.Groups["name"].Value, Version(claude));
        }

        var maker = MakerPattern().Match(id).Groups["maker"].Value;
        return maker switch
        {
            "" => null,
            "anthropic" => new BedrockFamily { IsClaude = true }, // of the first two versions
            "amazon" => new BedrockFamily { IsNova = id.Contains("nova", StringComparison.Ordinal), IsNova2 = id.Contains("nova-2", StringComparison.Ordinal) },
            "openai" => new BedrockFamily { IsGptOss = id.Contains("gpt-oss", StringComparison.Ordinal), TakesSchema = true, TakesStrictTools = true },
            "mistral" => new BedrockFamily { TakesSchema = true, TakesStrictTools = true, TakesNoNamedTool = true },
            "qwen" or "deepseek" or "google" or "minimax" or "moonshot" or "moonshotai" or "nvidia" => new BedrockFamily { TakesSchema = true, TakesStrictTools = true },
            "meta" or "ai21" or "cohere" => new BedrockFamily { TakesNoToolChoice = true },
            _ => new BedrockFamily(),
        };
    }

    private static BedrockFamily OfClaude(string name, decimal version)
    {
        var strict = version is >= 4.5m and < 4.7m; // Bedrock's own copy of the messages schema refuses it for later ones
        return new BedrockFamily
        {
            IsClaude = true,
            Thinks = version >= FirstThinking,
            IsAdaptive = version >= FirstAdaptive,
            TakesStrictTools = strict,
            TakesSchema = strict && !(name == "haiku" || (name == "sonnet" && version >= 4.6m)),
        };
    }

    private static decimal Version(Match claude) =>
        decimal.Parse($"{claude.Groups["major"].Value}.{(claude.Groups["minor"] is { Success: true } minor ? minor.Value : "0")}", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"claude-(?:(?<major>\d)(?:-(?<minor>\d))?-(?<name>[a-z]+)|(?<name>[a-z]+)-(?<major>\d)(?:-(?<minor>\d))?)(?![\da-z])", RegexOptions.ExplicitCapture)]
    private static partial Regex ClaudePattern();

    /// <summary>"amazon" of amazon.nova-pro-v1:0, us.amazon.nova-pro-v1:0 and arn:…:foundation-model/amazon.nova-pro-v1:0.</summary>
    [GeneratedRegex(@"^(arn:[^/]*/)?((us|eu|apac|jp|au|ca|sa|global|us-gov)\.)?(?<maker>[a-z0-9]+)\.", RegexOptions.ExplicitCapture)]
    private static partial Regex MakerPattern();
}
