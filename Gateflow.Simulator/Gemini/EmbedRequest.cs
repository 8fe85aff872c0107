using System.Text.Json;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Gemini;

/// <summary>Texts to be embedded, checked, of each of Google's forms.</summary>
internal sealed record EmbedRequest(IReadOnlyList<string> Texts, int Dimensions)
{
    private const int MostInBatch = 100, MostInstances = 250, UsualDimensions = 3072;

    /// <summary><c>batchEmbedContents {requests[{model, content, outputDimensionality}]}</c>.</summary>
    public static (EmbedRequest? Request, GeminiError? Fault) ReadBatch(JsonElement json, string model) => Read(json, fields =>
    {
        fields.Allow("requests");
        var (texts, dimensions) = (new List<string>(), (int?)null);
        foreach (var request in fields.Objects("requests"))
        {
            request.Allow("model", "content", "taskType", "title", "outputDimensionality");
            if (request.NeedText("model") is { } named && named != $"models/{model}")
            {
                request.Fail($"* BatchEmbedContentsRequest.{request.PathOf("model")}: must be models/{model}");
            }

            texts.Add(TextOf(request));
            dimensions = request.Integer("outputDimensionality", 1, UsualDimensions);
        }

        Limit(fields, texts, MostInBatch, "BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch");
        return new EmbedRequest(texts, dimensions ?? UsualDimensions);
    });

    /// <summary><c>predict {instances[{content}], parameters{outputDimensionality}}</c>, of which the first Gemini model takes one instance only.</summary>
    public static (EmbedRequest? Request, GeminiError? Fault) ReadPredict(JsonElement json, string model) => Read(json, fields =>
    {
        fields.Allow("instances", "parameters");
        var texts = new List<string>();
        foreach (var instance in fields.Objects("instances"))
        {
            instance.Allow("content", "task_type", "title");
            texts.Add(instance.NeedText("content") ?? "");
        }

        Limit(fields, texts, model.Contains("gemini", StringComparison.Ordinal) ? 1 : MostInstances, "the number of instances exceeds the limit of the model");
        return new EmbedRequest(texts, Settings(fields, "parameters"));
    });

    /// <summary><c>embedContent {content, embedContentConfig{outputDimensionality}}</c>.</summary>
    public static (EmbedRequest? Request, GeminiError? Fault) ReadOne(JsonElement json) => Read(json, fields =>
    {
        fields.Allow("content", "embedContentConfig");
        return new EmbedRequest([TextOf(fields)], Settings(fields, "embedContentConfig"));
    });

    private static (EmbedRequest? Request, GeminiError? Fault) Read(JsonElement json, Func<Fields, EmbedRequest> read)
    {
        var finding = new Finding();
        var request = read(new Fields(json, "", GeminiWording.Instance, finding));
        return finding.Message is { } fault ? (null, GeminiError.Invalid(fault)) : (request, null);
    }

    private static string TextOf(Fields fields)
    {
        if (fields.NeedObject("content") is not { } content)
        {
            return "";
        }

        content.Allow("parts", "role");
        return string.Concat(content.Objects("parts").Select(static part => part.NeedText("text")));
    }

    private static int Settings(Fields fields, string name)
    {
        var settings = fields.Object(name);
        settings?.Allow("autoTruncate", "outputDimensionality");
        settings?.Flag("autoTruncate");
        return settings?.Integer("outputDimensionality", 1, UsualDimensions) ?? UsualDimensions;
    }

    private static void Limit(Fields fields, List<string> texts, int most, string message)
    {
        if (texts.Count == 0 || texts.Count > most || texts.Contains(""))
        {
            fields.Fail(texts.Count > most ? $"* {message}" : "The text content is empty.");
        }
    }
}
