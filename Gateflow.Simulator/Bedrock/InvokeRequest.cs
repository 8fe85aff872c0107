using System.Text.Json;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Bedrock;

/// <summary>Texts to be embedded by a model of Bedrock, checked, in the model's own form.</summary>
internal sealed record InvokeRequest(IReadOnlyList<string> Texts, int Dimensions, bool IsCohere)
{
    private const int UsualDimensions = 1024, MostTexts = 96;

    /// <summary>Exactly one of the two is null.</summary>
    public static (InvokeRequest? Request, BedrockError? Fault) Read(JsonElement json, string model)
    {
        var finding = new Finding();
        var fields = new Fields(json, "", BedrockWording.Instance, finding);
        var request = model.Contains("cohere.embed", StringComparison.Ordinal) ? ReadCohere(fields, model)
            : model.Contains("titan-embed-text", StringComparison.Ordinal) ? ReadTitan(fields, model)
            : null;
        return request is null ? (null, BedrockError.Invalid("The provided model doesn't support InvokeModel here.")) // other models are not simulated
            : finding.Message is { } fault ? (null, BedrockError.Invalid(fault))
            : (request, null);
    }

    private static InvokeRequest ReadTitan(Fields fields, string model)
    {
        fields.Allow(model.Contains("-v1", StringComparison.Ordinal) ? ["inputText"] : ["inputText", "dimensions", "normalize", "embeddingTypes"]);
        var dimensions = fields.Integer("dimensions", 1, UsualDimensions);
        if (dimensions is not (null or 256 or 512 or 1024))
        {
            fields.Fail("Malformed input request: #/dimensions: is not a valid enum value, please reformat your input and try again.");
        }

        return new InvokeRequest([fields.NeedText("inputText") ?? ""], dimensions ?? UsualDimensions, IsCohere: false);
    }

    private static InvokeRequest ReadCohere(Fields fields, string model)
    {
        var newer = model.Contains("embed-v4", StringComparison.Ordinal);
        fields.Allow(newer ? ["texts", "input_type", "embedding_types", "truncate", "output_dimension"] : ["texts", "input_type", "embedding_types", "truncate"]);
        fields.Need("input_type");
        fields.OneOf("input_type", "search_document", "search_query", "classification", "clustering");
        var texts = fields.Texts("texts");
        if (texts.Count is 0 or > MostTexts)
        {
            fields.Fail($"Malformed input request: #/texts: expected 1 to {MostTexts} items, found {texts.Count}, please reformat your input and try again.");
        }

        return new InvokeRequest(texts, fields.Integer("output_dimension", 256, 1536) ?? (newer ? 1536 : UsualDimensions), IsCohere: true);
    }
}
