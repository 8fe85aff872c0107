using System.Text.Json;
using Gateflow.Simulator.Answers;

namespace Gateflow.Simulator.OpenAI;

internal sealed record EmbeddingsRequest
{
    private const int MostInputs = 2048;

    public required string Model { get; init; }

    /// <summary>Texts; token arrays as their numbers joined by spaces.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    public required int Dimensions { get; init; }

    public required bool Base64 { get; init; }

    public required int Tokens { get; init; }

    /// <summary>Exactly one of the two is null.</summary>
    /// <param name="json">The body.</param>
    /// <param name="deployment">The model when the path names it; the body's does not count then.</param>
    public static (EmbeddingsRequest? Request, OpenAIError? Fault) Read(JsonElement json, string? deployment)
    {
        var arguments = new Arguments(json);
        var model = deployment ?? arguments.Text("model");
        if (string.IsNullOrEmpty(model))
        {
            arguments.Fail(OpenAIError.Invalid("you must provide a model parameter", null, null));
        }

        var inputs = ReadInputs(arguments, out var tokens);
        var dimensions = arguments.Integer("dimensions", 1, 3072);
        var format = arguments.Text("encoding_format") ?? "float";
        if (format is not ("float" or "base64"))
        {
            arguments.BadValue("encoding_format", format, "'float' and 'base64'");
        }

        return arguments.Fault is { } fault
            ? (null, fault)
            : (new EmbeddingsRequest
            {
                Model = model!,
                Inputs = inputs,
                Dimensions = dimensions ?? (model!.EndsWith("-large", StringComparison.Ordinal) ? 3072 : 1536),
                Base64 = format == "base64",
                Tokens = tokens,
            }, null);
    }

    private static List<string> ReadInputs(Arguments arguments, out int tokens)
    {
        tokens = 0;
        var inputs = new List<string>();
        if (arguments.Get("input") is not { } input)
        {
            arguments.Missing("input");
            return inputs;
        }

        var single = input.ValueKind == JsonValueKind.String || IsTokens(input);
        IEnumerable<JsonElement> items = single ? [input] : input.ValueKind == JsonValueKind.Array ? input.EnumerateArray() : [];
        foreach (var item in items)
        {
            if (item.ValueKind == JsonValueKind.String && item.GetString() is { Length: > 0 } text)
            {
                inputs.Add(text);
                tokens += TokenEstimate.Of(text);
            }
            else if (IsTokens(item))
            {
                inputs.Add(string.Join(' ', item.EnumerateArray().Select(token => token.GetRawText())));
                tokens += item.GetArrayLength();
            }
            else
            {
                arguments.Fail(OpenAIError.Invalid("'$.input' is invalid. Please check the API reference: it takes a text, tokens, or an array of either.", "input", null));
            }
        }

        if (inputs.Count is 0 or > MostInputs)
        {
            arguments.Fail(OpenAIError.Invalid($"'$.input' is invalid: 1 to {MostInputs} inputs are allowed.", "input", null));
        }

        return inputs;
    }

    private static bool IsTokens(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0
        && value.EnumerateArray().All(token => token.ValueKind == JsonValueKind.Number);
}
