using System.Text.Json.Nodes;
using Gateflow.Core.Compatibility;
using Gateflow.Gateway.Shims;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Shims;

/// <summary>Every action of the rules, on the JSON that a provider gets.</summary>
public sealed class ShimEditorTests
{
    [Theory]
    [InlineData("drop temperature top_p", """{"temperature":0.2,"n":1}""", """{"n":1}""", "temperature:dropped")]
    [InlineData("drop temperature", """{"temperature":null}""", """{"temperature":null}""", "")]
    [InlineData("drop_beside top_p temperature", """{"temperature":0.2,"top_p":0.5}""", """{"temperature":0.2}""", "top_p:dropped")]
    [InlineData("drop_beside top_p temperature", """{"top_p":0.5}""", """{"top_p":0.5}""", "")]
    [InlineData("drop_unless_no_effort temperature", """{"temperature":0.2,"reasoning_effort":"low"}""", """{"reasoning_effort":"low"}""", "temperature:dropped")]
    [InlineData("drop_unless_no_effort temperature", """{"temperature":0.2,"reasoning_effort":"none"}""", """{"temperature":0.2,"reasoning_effort":"none"}""", "")]
    [InlineData("rename max_tokens max_completion_tokens", """{"max_tokens":5}""", """{"max_completion_tokens":5}""", "max_tokens:renamed(max_completion_tokens)")]
    [InlineData("rename max_tokens max_completion_tokens", """{"max_tokens":5,"max_completion_tokens":9}""", """{"max_completion_tokens":9}""", "max_tokens:renamed(max_completion_tokens)")]
    [InlineData("clamp temperature 0 1", """{"temperature":1.7}""", """{"temperature":1}""", "temperature:clamped(1)")]
    [InlineData("clamp temperature 0 1", """{"temperature":0.7}""", """{"temperature":0.7}""", "")]
    [InlineData("clamp temperature 0 1", """{"temperature":"hot"}""", """{"temperature":"hot"}""", "")]
    [InlineData("clamp top_p 0.95 1", """{"top_p":0.1}""", """{"top_p":0.95}""", "top_p:clamped(0.95)")]
    [InlineData("clamp max_tokens 2048 -", """{"max_tokens":16}""", """{"max_tokens":2048}""", "max_tokens:clamped(2048)")]
    [InlineData("map tool_choice required=any", """{"tool_choice":"required"}""", """{"tool_choice":"any"}""", "tool_choice:mapped(any)")]
    [InlineData("map tool_choice required=any", """{"tool_choice":{"type":"function"}}""", """{"tool_choice":{"type":"function"}}""", "")]
    [InlineData("nearest reasoning_effort low medium high", """{"reasoning_effort":"xhigh"}""", """{"reasoning_effort":"high"}""", "reasoning_effort:mapped(high)")]
    [InlineData("nearest reasoning_effort none high", """{"reasoning_effort":"minimal"}""", """{"reasoning_effort":"none"}""", "reasoning_effort:mapped(none)")]
    [InlineData("nearest reasoning_effort low high", """{"reasoning_effort":"medium"}""", """{"reasoning_effort":"high"}""", "reasoning_effort:mapped(high)")]
    [InlineData("nearest reasoning_effort low", """{"reasoning_effort":"huge"}""", """{"reasoning_effort":"huge"}""", "")]
    [InlineData("set reasoning_effort none", "{}", """{"reasoning_effort":"none"}""", "reasoning_effort:defaulted(none)")]
    [InlineData("set reasoning_effort none", """{"reasoning_effort":"low"}""", """{"reasoning_effort":"none"}""", "reasoning_effort:mapped(none)")]
    [InlineData(
        "role developer system",
        """{"messages":[{"role":"developer","content":"a"},{"role":"user","content":"b"}]}""",
        """{"messages":[{"role":"system","content":"a"},{"role":"user","content":"b"}]}""",
        "messages.developer:mapped(system)")]
    [InlineData(
        "fold system",
        """{"messages":[{"role":"system","content":"a"},{"role":"user","content":[{"type":"text","text":"b"}]},{"role":"system","content":[{"type":"text","text":"c"}]}]}""",
        """{"messages":[{"role":"user","content":[{"type":"text","text":"a\n\nc"},{"type":"text","text":"b"}]}]}""",
        "messages.system:mapped(user)")]
    [InlineData("fold system", """{"messages":[{"role":"system","content":"a"}]}""", """{"messages":[{"role":"user","content":"a"}]}""", "messages.system:mapped(user)")]
    [InlineData(
        "schema_to_text",
        """{"messages":[{"role":"user","content":"b"}],"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}}""",
        """{"messages":[{"role":"system","content":"Answer with one JSON object that follows this JSON schema:\n{\"type\":\"object\"}"},{"role":"user","content":"b"}],"response_format":{"type":"json_object"}}""",
        "response_format:mapped(json_object)")]
    [InlineData(
        "json_to_schema",
        """{"response_format":{"type":"json_object"}}""",
        """{"response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"}}}}""",
        "response_format:mapped(json_schema)")]
    [InlineData(
        "drop_names",
        """{"messages":[{"role":"user","name":"Ann","content":"a"},{"role":"tool","name":"f","tool_call_id":"c","content":"7"}]}""",
        """{"messages":[{"role":"user","content":"a"},{"role":"tool","name":"f","tool_call_id":"c","content":"7"}]}""",
        "messages.name:dropped")]
    [InlineData("drop_thoughts", """{"messages":[{"role":"assistant","reasoning_content":"","content":"a"}]}""", """{"messages":[{"role":"assistant","content":"a"}]}""", "messages.reasoning:dropped")]
    [InlineData(
        "off_after_bare_calls",
        """{"messages":[{"role":"assistant","tool_calls":[{}]}],"thinking":{"type":"enabled"},"reasoning_effort":"high"}""",
        """{"messages":[{"role":"assistant","tool_calls":[{}]}],"thinking":{"type":"disabled"}}""",
        "thinking:mapped(disabled), reasoning_effort:dropped")]
    [InlineData("off_after_bare_calls", """{"messages":[{"role":"assistant","tool_calls":[{}]}],"thinking":{"type":"disabled"}}""", """{"messages":[{"role":"assistant","tool_calls":[{}]}],"thinking":{"type":"disabled"}}""", "")]
    [InlineData("off_after_bare_calls", """{"messages":[{"role":"assistant","reasoning_content":"","tool_calls":[{}]},{"role":"assistant","tool_calls":[]}]}""", """{"messages":[{"role":"assistant","reasoning_content":"","tool_calls":[{}]},{"role":"assistant","tool_calls":[]}]}""", "")]
    [InlineData("functions_to_tools", """{"functions":[]}""", """{"functions":[]}""", "")]
    [InlineData("translated", """{"stop":"x"}""", """{"stop":"x"}""", "")]
    public void Apply_InChat_ChangesAndNotes(string actions, string before, string after, string notes) => AssertApplied(Dialect.Chat, actions, before, after, notes);

    [Theory]
    [InlineData("Responses", "nearest reasoning_effort low high", """{"reasoning":{"effort":"none"}}""", """{"reasoning":{"effort":"low"}}""", "reasoning_effort:mapped(low)")]
    [InlineData("Messages", "clamp max_tokens - 8000", """{"max_tokens":64000,"thinking":{"type":"enabled","budget_tokens":32000}}""", """{"max_tokens":8000,"thinking":{"type":"enabled","budget_tokens":7999}}""", "max_tokens:clamped(8000), thinking.budget_tokens:clamped(7999)")]
    [InlineData("Messages", "clamp max_tokens - 8000", """{"max_tokens":64000,"thinking":{"type":"enabled","budget_tokens":2000}}""", """{"max_tokens":8000,"thinking":{"type":"enabled","budget_tokens":2000}}""", "max_tokens:clamped(8000)")]
    [InlineData("Messages", "clamp max_tokens - 8000", """{"max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":20000}}""", """{"max_tokens":8000,"thinking":{"type":"enabled","budget_tokens":20000}}""", "max_tokens:clamped(8000)")]
    [InlineData("Messages", "clamp max_tokens - 8000", """{"max_tokens":9000,"thinking":{"type":"adaptive"}}""", """{"max_tokens":8000,"thinking":{"type":"adaptive"}}""", "max_tokens:clamped(8000)")]
    [InlineData("Bedrock", "clamp max_tokens - 8000", """{"inferenceConfig":{"maxTokens":9000},"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":8500}}}""", """{"inferenceConfig":{"maxTokens":8000},"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":7999}}}""", "max_tokens:clamped(8000), thinking.budget_tokens:clamped(7999)")]
    [InlineData("Responses", "set reasoning_effort none; rename max_tokens max_completion_tokens", """{"max_output_tokens":5}""", """{"max_output_tokens":5,"reasoning":{"effort":"none"}}""", "reasoning_effort:defaulted(none)")]
    [InlineData("Responses", "set_in_chat reasoning_effort none; drop stop", """{"stop":"x"}""", """{"stop":"x"}""", "")]
    [InlineData("Messages", "drop stop temperature", """{"stop_sequences":["x"],"temperature":0}""", "{}", "stop:dropped, temperature:dropped")]
    [InlineData("Messages", "budget_to_effort", """{"thinking":{"type":"enabled","budget_tokens":9000}}""", """{"thinking":{"type":"adaptive"},"output_config":{"effort":"medium"}}""", "thinking.budget_tokens:mapped(output_config.effort=medium)")]
    [InlineData("Messages", "budget_to_effort; off_to_low_effort", """{"thinking":{"type":"disabled"},"output_config":{"format":1}}""", """{"output_config":{"format":1,"effort":"low"}}""", "thinking.disabled:mapped(output_config.effort=low)")]
    [InlineData("Messages", "effort_to_budget", """{"max_tokens":9000,"thinking":{"type":"adaptive"},"output_config":{"effort":"xhigh","format":1}}""", """{"max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":8999},"output_config":{"format":1}}""", "reasoning_effort:mapped(budget_tokens=8999)")]
    [InlineData("Messages", "effort_to_budget", """{"max_tokens":1000,"thinking":{"type":"adaptive"}}""", """{"max_tokens":1000}""", "thinking:dropped")]
    [InlineData("Messages", "effort_to_budget", """{"max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":2000}}""", """{"max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":2000}}""", "")]
    [InlineData("Messages", "effort_to_budget", """{"thinking":{"type":"adaptive"},"output_config":{"effort":"huge"}}""", """{"thinking":{"type":"adaptive"},"output_config":{"effort":"huge"}}""", "")]
    [InlineData("Messages", "effort_to_budget low medium high", """{"max_tokens":9000,"thinking":{"type":"adaptive"},"output_config":{"effort":"low"}}""", """{"max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":4096},"output_config":{"effort":"low"}}""", "reasoning_effort:mapped(budget_tokens=4096)")]
    [InlineData("Chat", "effort_to_budget", """{"reasoning_effort":"low"}""", """{"reasoning_effort":"low"}""", "")]
    [InlineData("Messages", "system_turns_as user", """{"messages":[{"role":"user","content":"a"},{"role":"system","content":"b"}]}""", """{"messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]}""", "messages.system:mapped(user)")]
    [InlineData(
        "Messages",
        "system_turns_as user",
        """{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"mid_conv_system","content":[{"type":"text","text":"b"},{"type":"text","text":"c"}],"cache_control":{"type":"ephemeral"}}]}]}""",
        """{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"},{"type":"text","text":"c","cache_control":{"type":"ephemeral"}}]}]}""",
        "messages.system:mapped(user)")]
    [InlineData("Messages", "system_turns_as user", """{"messages":[{"role":"user","content":[{"type":"mid_conv_system","content":"b"}]}]}""", """{"messages":[{"role":"user","content":[{"type":"text","text":"b"}]}]}""", "messages.system:mapped(user)")]
    [InlineData("Chat", "system_turns_as user", """{"messages":[{"role":"system","content":"a"}]}""", """{"messages":[{"role":"system","content":"a"}]}""", "")]
    [InlineData("Gemini", "drop presence_penalty; clamp max_tokens 2048 -", """{"generationConfig":{"presencePenalty":1,"maxOutputTokens":5}}""", """{"generationConfig":{"maxOutputTokens":2048}}""", "presence_penalty:dropped, max_tokens:clamped(2048)")]
    [InlineData("Bedrock", "clamp temperature 0 1; drop top_k", """{"inferenceConfig":{"temperature":2},"additionalModelRequestFields":{"top_k":5}}""", """{"inferenceConfig":{"temperature":1},"additionalModelRequestFields":{}}""", "temperature:clamped(1), top_k:dropped")]
    [InlineData("Bedrock", "clamp temperature 0 1", "{}", "{}", "")]
    public void Apply_InOtherDialects_FindsTheParameter(string dialect, string actions, string before, string after, string notes) =>
        AssertApplied(Enum.Parse<Dialect>(dialect), actions, before, after, notes);

    private static void AssertApplied(Dialect dialect, string actions, string before, string after, string expected)
    {
        var json = JsonNode.Parse(before)!.AsObject();
        var notes = new ShimNotes();

        new ShimEditor(json, dialect, notes).Apply(ShimAction.Parse(actions));

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(after), json), json.ToJsonString());
        Assert.Equal(expected, notes.ToString());
    }
}
