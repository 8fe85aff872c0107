using System.Text.Json.Nodes;
using Gateflow.Dashboard.Management;

namespace Gateflow.Tests.Management;

public sealed class FormEditTests
{
    [Theory]
    [InlineData("""{"a": 1, "b": [1, 2]}""", """{"a": 1, "b": [1, 2]}""", 1, "{}")]
    [InlineData("""{"a": 1, "b": [1, 2]}""", """{"a": null, "b": [2, 1]}""", 1, """{"a":null,"b":[2,1]}""")]
    [InlineData("""{"a": {"x": 1, "y": 2}}""", """{"a": {"x": 1, "y": 3}}""", 1, """{"a":{"x":1,"y":3}}""")]
    [InlineData("""{"a": {"x": 1, "y": 2}, "b": {"x": 1}}""", """{"a": {"x": 1, "y": 3}, "b": {"x": 1}}""", 2, """{"a":{"y":3}}""")]
    [InlineData("""{}""", """{"a": {"x": 1}}""", 2, """{"a":{"x":1}}""")]
    [InlineData("""{"a": {}}""", """{"a": {"x": null}}""", 2, """{"a":{"x":null}}""")]
    public void Patch_HoldsWhatDiffers_AsDeepAsTheWriterLooks(string shown, string typed, int levels, string patch) =>
        Assert.Equal(patch, FormEdit.Patch(Json(shown), Json(typed), levels).ToJsonString());

    [Theory]
    [InlineData("""{"a": 2}""", """{"a": 1, "b": 9}""", 1, null)] // another field
    [InlineData("""{"a": 2}""", """{"a": 3, "b": 1}""", 1, "a")]
    [InlineData("""{"a": 2}""", """{"a": 2, "b": 1}""", 1, null)] // the same was wanted, or the first try was stored after all
    [InlineData("""{"a": null}""", """{"a": 5}""", 1, "a")]
    [InlineData("""{"g": {"x": 2}}""", """{"g": {"x": 1, "y": 7}}""", 2, null)]
    [InlineData("""{"g": {"x": 2}}""", """{"g": {"x": 7}}""", 2, "g.x")]
    [InlineData("""{"g": {"x": 2}}""", """{"g": {"x": 1, "y": 7}}""", 1, "g")] // written whole
    public void ChangedSince_FieldThatHoldsSomethingElse_IsNamed(string patch, string stored, int levels, string? field)
    {
        var seen = Json("""{"a": 1, "b": 1, "g": {"x": 1}}""");

        var refusal = FormEdit.ChangedSince(Json(patch), seen, Json(stored), new DateTimeOffset(2026, 11, 24, 10, 14, 0, TimeSpan.Zero), levels);

        Assert.Equal(field is null ? null : "changed_meanwhile", refusal?.Code);
        Assert.StartsWith(field is null ? "" : $"Somebody else changed {field} meanwhile, at 2026-11-24 10:14:00 UTC. Nothing is saved", refusal?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void ChangedSince_NobodySaysWhatWasSeen_Null() =>
        Assert.Null(FormEdit.ChangedSince(Json("""{"a": 2}"""), null, Json("""{"a": 3}""")));

    [Theory]
    [InlineData("""{"a": 2, "b": 1}""", """{"a": 1, "b": 9}""", """{"a":2}""")] // what was left as it was stays theirs
    [InlineData("""{"g": {"x": 2, "y": 1}}""", """{"g": {"x": 1, "y": 7, "z": 8}}""", """{"g":{"x":2,"y":7,"z":8}}""")]
    [InlineData("""{"g": {"x": null, "y": 1}}""", """{"g": {"x": 1, "y": 7}}""", """{"g":{"x":null,"y":7}}""")]
    [InlineData("""{"n": {"x": 1}}""", "{}", """{"n":{"x":1}}""")]
    [InlineData("""{"g": {"x": 2, "y": 1}}""", """{"g": {"x": 5, "y": 1}}""", null)]
    [InlineData("""{"n": {"x": 1}}""", """{"n": {"x": 4, "y": 4}}""", null)]
    public void Rebase_LaysWhatWasChangedOverWhatIsStored(string typed, string stored, string? written)
    {
        var seen = Json("""{"a": 1, "b": 1, "g": {"x": 1, "y": 1}}""");

        var rebased = FormEdit.Rebase(Json(typed), seen, Json(stored), levels: 2);

        Assert.Equal((written, written is null ? "changed_meanwhile" : null), (rebased.Value?.ToJsonString(), rebased.Refusal?.Code));
        Assert.Equal(Json(typed).ToJsonString(), FormEdit.Rebase(Json(typed), null, Json(stored), levels: 2).Value?.ToJsonString());
    }

    private static JsonObject Json(string text) => (JsonObject)JsonNode.Parse(text)!;
}
