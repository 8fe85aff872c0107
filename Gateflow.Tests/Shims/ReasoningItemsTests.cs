using System.Text.Json.Nodes;
using Gateflow.Gateway.Shims;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Shims;

public sealed class ReasoningItemsTests
{
    [Theory]
    [InlineData("""{"role":"assistant","id":"msg_1","content":"Hi"}""", """{"role":"assistant","content":"Hi"}""", "")]
    [InlineData("""{"type":"message","role":"assistant","id":"msg_1","content":"Hi"}""", """{"type":"message","role":"assistant","content":"Hi"}""", "")]
    [InlineData("""{"type":"web_search_call","id":"ws_1","status":"completed"}""", null, "messages.web_search_call:dropped")]
    [InlineData("""{"type":"file_search_call","id":"fs_1","queries":[]}""", null, "messages.file_search_call:dropped")]
    [InlineData("""{"type":"code_interpreter_call","id":"ci_1","code":"1"}""", null, "messages.code_interpreter_call:dropped")]
    [InlineData("""{"type":"mcp_call","id":"mcp_1","name":"f"}""", null, "messages.mcp_call:dropped")]
    public void Remove_All_LeavesNothingThatWantsItsThoughtBack(string item, string? kept, string noted)
    {
        var (body, notes) = (JsonNode.Parse($$"""{"input":[{{item}}]}""")!.AsObject(), new ShimNotes());

        ReasoningItems.Remove(body, all: true, notes);

        Assert.Equal($"[{kept}]", body["input"]!.ToJsonString());
        Assert.Equal(noted, notes.ToString());
    }

    [Fact]
    public void Remove_NotAll_LeavesTheProvidersOwn()
    {
        const string Items = """{"input":[{"role":"assistant","id":"msg_1"},{"type":"web_search_call","id":"ws_1"}]}""";
        var body = JsonNode.Parse(Items)!.AsObject();

        ReasoningItems.Remove(body, all: false, new ShimNotes());

        Assert.Equal(Items, body.ToJsonString());
    }
}
