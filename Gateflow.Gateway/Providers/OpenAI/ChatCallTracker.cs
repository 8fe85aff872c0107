using System.Text;
using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.OpenAI;

/// <summary>
/// Puts the pieces of tool calls of one choice together. OpenAI tells a call's id and name first and then its arguments, all under one index; some
/// compatible servers give every call the index 0 or none, whole calls at once, no ids, or the name after the id.
/// </summary>
internal sealed class ChatCallTracker(int choice)
{
    private readonly Dictionary<int, Call> _open = [];
    private int _count;

    /// <param name="call">One entry of <c>tool_calls</c>.</param>
    /// <param name="index">The provider's index of it; null when it gave none.</param>
    public void Read(JsonElement call, int? index, List<AnswerPart> parts)
    {
        var id = call.Text("id");
        var custom = call.Find("custom");
        var function = custom ?? call.Find("function") ?? default;
        var at = index ?? (string.IsNullOrEmpty(id) && _count > 0 ? _count - 1 : _count);
        Read(at, id, function.Text("name"), function.Text("arguments"), call.Find("extra_content")?.Find("google")?.Text("thought_signature"), parts);
        if (custom is not null)
        {
            (_open[at].Input ??= new StringBuilder()).Append(function.Text("input"));
        }
    }

    /// <summary>Tells the texts of custom tools' calls as arguments of functions, now that the choice ends and they are whole.</summary>
    public void End(List<AnswerPart> parts)
    {
        foreach (var call in _open.Values.Where(static call => call is { Index: >= 0, Input: not null }))
        {
            parts.Add(new ToolArguments(call.Index, FreeFormTool.Arguments(call.Input!.ToString())) { Choice = choice });
            call.Input = null;
        }
    }

    /// <summary>The older form: one call without id.</summary>
    public void ReadFunction(JsonElement function, List<AnswerPart> parts) =>
        Read(0, null, function.Text("name"), function.Text("arguments"), null, parts);

    private void Read(int at, string? id, string? name, string? arguments, string? signature, List<AnswerPart> parts)
    {
        if (!_open.TryGetValue(at, out var call) || (!string.IsNullOrEmpty(id) && call.Id is not null && call.Id != id) || IsNext(call, id, name))
        {
            _open[at] = call = new Call();
        }

        call.Id ??= string.IsNullOrEmpty(id) ? null : id;
        call.Held += arguments;
        if (call.Index < 0 && !string.IsNullOrEmpty(name))
        {
            (call.Index, call.Name, call.Told) = (_count++, name, call.Id is null ? new StringBuilder() : null);
            call.Id ??= $"call_{Guid.CreateVersion7():N}";
            parts.Add(new ToolStart(call.Index, call.Id, name) { Choice = choice, Signature = signature });
        }

        if (call.Index >= 0 && call.Held.Length > 0)
        {
            parts.Add(new ToolArguments(call.Index, call.Held) { Choice = choice });
            call.Told?.Append(call.Held);
            call.Held = "";
        }
    }

    /// <summary>Without ids, a name begins another call once the one before is whole; some servers repeat the name with each piece.</summary>
    private static bool IsNext(Call before, string? id, string? name) =>
        before.Told is { } told && string.IsNullOrEmpty(id) && !string.IsNullOrEmpty(name)
        && (told.Length == 0 ? name != before.Name : told[^1] == '}' && AnswerElement.Parse(Encoding.UTF8.GetBytes(told.ToString())) is { ValueKind: JsonValueKind.Object });

    private sealed class Call
    {
        public string? Id { get; set; }

        /// <summary>Its place among the calls; -1 until its name is known.</summary>
        public int Index { get; set; } = -1;

        public string? Name { get; set; }

        /// <summary>Arguments told so far, of a call that the provider gave no id; else null.</summary>
        public StringBuilder? Told { get; set; }

        /// <summary>Arguments that came before the name.</summary>
        public string Held { get; set; } = "";

        /// <summary>Of a custom tool's call: its text so far.</summary>
        public StringBuilder? Input { get; set; }
    }
}
