using Gateflow.Simulator.Anthropic;

namespace Gateflow.Simulator.Bedrock;

/// <summary>What a model behind Converse takes, by its id.</summary>
/// <param name="Claude">Null for the models of other makers.</param>
/// <param name="IsNova">Amazon's.</param>
/// <param name="IsNova2">Amazon's of the second generation, which reason.</param>
/// <param name="IsGptOss">OpenAI's with open weights.</param>
internal sealed record BedrockFamily(ClaudeFamily? Claude, bool IsNova, bool IsNova2, bool IsGptOss)
{
    private const string OfClaude = "claude-";

    public bool TakesCachePoints => Claude is not null || IsNova;

    public static BedrockFamily Of(string model)
    {
        var at = model.IndexOf(OfClaude, StringComparison.Ordinal);
        return new BedrockFamily(
            at < 0 ? null : ClaudeFamily.Of(model[at..]),
            model.Contains("amazon.nova", StringComparison.Ordinal),
            model.Contains("amazon.nova-2", StringComparison.Ordinal),
            model.Contains("openai.gpt-oss", StringComparison.Ordinal));
    }
}
