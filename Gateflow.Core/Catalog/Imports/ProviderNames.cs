namespace Gateflow.Core.Catalog.Imports;

/// <summary>What other catalogs call the providers of ours.</summary>
internal static class ProviderNames
{
    private static readonly Dictionary<string, string> Ours = new(StringComparer.OrdinalIgnoreCase)
    {
        ["text-completion-openai"] = "openai",
        ["azure"] = "azure-openai",
        ["azure_text"] = "azure-openai",
        ["gemini"] = "google",
        ["bedrock"] = "amazon-bedrock",
        ["bedrock_converse"] = "amazon-bedrock",
        ["cohere_chat"] = "cohere",
        ["together_ai"] = "together",
        ["togetherai"] = "together",
    };

    /// <summary>Our name; others stay as they are, in a form that can stand before a slash.</summary>
    public static string Of(string name) =>
        Ours.GetValueOrDefault(name) ?? (name.StartsWith("vertex_ai", StringComparison.OrdinalIgnoreCase) ? "google-vertex" : name.Replace('/', '-'));
}
