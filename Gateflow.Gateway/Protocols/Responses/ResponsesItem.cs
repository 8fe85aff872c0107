using System.Text;
using System.Text.Json;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Responses;

/// <summary>One item of a response's output, growing until it is closed.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Of the item, not of a call.</param>
/// <param name="Index">Its place in the output.</param>
/// <param name="Call">The call that it is, of <see cref="ResponsesItemKind.Call"/> and <see cref="ResponsesItemKind.FreeFormCall"/>.</param>
internal sealed record ResponsesItem(ResponsesItemKind Kind, string Id, int Index, ToolStart? Call = null)
{
    private const string Open = "in_progress";

    /// <summary>Texts and refusals of a message, the summary of thoughts.</summary>
    public List<ResponsesPart> Parts { get; } = [];

    /// <summary>Of a call.</summary>
    public StringBuilder Arguments { get; } = new();

    /// <summary>Of a free-form call: its text, which can be read once the arguments are whole.</summary>
    public string Input => Arguments.Length == 0 ? "" : FreeFormTool.InputOf(Arguments.ToString());

    /// <summary>Of thoughts: <c>encrypted_content</c>; null while it may come, and for none.</summary>
    public ForeignProof? Proof { get; set; }

    /// <summary>in_progress, completed or incomplete.</summary>
    public string Status { get; set; } = Open;

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Id);
        switch (Kind)
        {
            case ResponsesItemKind.Reasoning:
                json.WriteString("type"u8, "reasoning"u8);
                WriteParts(json, "summary"u8);
                json.WriteString("encrypted_content"u8, Status == Open ? null : Proof?.ToString() ?? ForeignProof.None);
                break;
            case ResponsesItemKind.Call:
                json.WriteString("type"u8, "function_call"u8);
                json.WriteString("status"u8, Status);
                json.WriteString("arguments"u8, Arguments.ToString());
                json.WriteString("call_id"u8, Call!.Id);
                json.WriteString("name"u8, Call.Name);
                break;
            case ResponsesItemKind.FreeFormCall:
                json.WriteString("type"u8, "custom_tool_call"u8);
                json.WriteString("status"u8, Status);
                json.WriteString("call_id"u8, Call!.Id);
                json.WriteString("name"u8, Call.Name);
                json.WriteString("input"u8, Input);
                break;
            default:
                json.WriteString("type"u8, "message"u8);
                json.WriteString("status"u8, Status);
                WriteParts(json, "content"u8);
                json.WriteString("role"u8, "assistant"u8);
                break;
        }

        json.WriteEndObject();
    }

    private void WriteParts(Utf8JsonWriter json, ReadOnlySpan<byte> name)
    {
        json.WriteStartArray(name);
        foreach (var part in Parts)
        {
            part.Write(json);
        }

        json.WriteEndArray();
    }
}

internal enum ResponsesItemKind : byte
{
    Message,
    Reasoning,
    Call,
    FreeFormCall,
}
