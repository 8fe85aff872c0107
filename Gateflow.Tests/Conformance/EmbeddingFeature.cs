using System.Text.Json;

namespace Gateflow.Tests.Conformance;

/// <summary>Something that applications ask of embeddings.</summary>
/// <param name="Name">As the document calls it.</param>
/// <param name="Fields">The request without its model.</param>
/// <param name="Check">Throws when the answer, or the body that arrived at the provider, is not what was asked for.</param>
internal sealed record EmbeddingFeature(string Name, string Fields, Action<JsonElement, string> Check)
{
    public static IReadOnlyList<EmbeddingFeature> All { get; } =
    [
        new(
            "one text",
            """{"input":"mark-1 says more"}""",
            (answer, sent) =>
            {
                Assert.NotEmpty(Vector(Assert.Single(Data(answer))).EnumerateArray());
                Assert.Contains("mark-1", sent, StringComparison.Ordinal);
                Assert.InRange(answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), 1, 20);
            }),
        new(
            "several texts",
            """{"input":["mark-1","mark-2"]}""",
            (answer, sent) =>
            {
                Assert.Equal([0, 1], Data(answer).Select(item => item.GetProperty("index").GetInt32()));
                Assert.True(sent.IndexOf("mark-1", StringComparison.Ordinal) is >= 0 and var first && sent.IndexOf("mark-2", StringComparison.Ordinal) > first, sent);
            }),
        new("dimensions", """{"input":"x","dimensions":256}""", (answer, _) => Assert.Equal(256, Vector(Assert.Single(Data(answer))).GetArrayLength())),
        new(
            "base64",
            """{"input":"x","dimensions":256,"encoding_format":"base64"}""",
            (answer, _) => Assert.Equal(256 * sizeof(float), Vector(Assert.Single(Data(answer))).GetBytesFromBase64().Length)),
        new("tokens", """{"input":[[15339,1917]]}""", (answer, _) => Assert.Single(Data(answer))),
    ];

    public string Request(string model) => $"{Fields[..^1]},\"model\":\"{model}\"}}";

    private static List<JsonElement> Data(JsonElement answer) => [.. answer.GetProperty("data").EnumerateArray()];

    private static JsonElement Vector(JsonElement item) => item.GetProperty("embedding");
}
