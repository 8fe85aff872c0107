using System.Text.Json;
using Gateflow.Gateway.Envelopes;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Protocols.Responses;

/// <summary>
/// Writes a response, whole or event by event. Texts and thoughts are one item until another kind follows; calls stay open until the end, for their
/// arguments may come mixed. The protocol has one answer, so further choices have no place.
/// </summary>
internal sealed class ResponsesWriter(AnswerContext context) : IAnswerWriter
{
    private readonly ResponsesAnswer _answer = new(context);
    private readonly ResponsesEvents? _events = context.Stream ? new ResponsesEvents() : null;
    private readonly Dictionary<int, ResponsesItem> _calls = [];
    private ResponsesItem? _open;
    private string? _held;
    private bool _begun;

    public int Events => _events?.Count ?? 0;

    public void Add(AnswerPart part, PooledBody output)
    {
        Begin(output);
        if (part is LogprobsDelta logprobs)
        {
            Release(output, [.. logprobs.Content.ValueKind == JsonValueKind.Array ? logprobs.Content.EnumerateArray() : []]);
            return;
        }

        Release(output, []);
        switch (part)
        {
            case { Choice: > 0 }:
                break;
            case TextDelta { Text.Length: > 0 } text:
                Say(ResponsesItemKind.Message, ResponsesPartKind.Text, text.Text, output);
                break;
            case RefusalDelta { Text.Length: > 0 } refusal:
                Say(ResponsesItemKind.Message, ResponsesPartKind.Refusal, refusal.Text, output);
                break;
            case ReasoningDelta thoughts:
                Think(thoughts, output);
                break;
            case ToolStart call:
                Call(call, output);
                break;
            case ToolArguments { Json.Length: > 0 } arguments when _calls.TryGetValue(arguments.Index, out var call):
                call.Arguments.Append(arguments.Json);
                if (call.Kind == ResponsesItemKind.Call)
                {
                    _events?.Arguments(output, call, arguments.Json);
                }

                break;
            case Finished finished:
                _answer.Finish = finished.Reason;
                break;
            case Counted counted:
                _answer.Usage = Counted.Merge(_answer.Usage, counted);
                break;
        }
    }

    public void Complete(PooledBody output)
    {
        Begin(output);
        Release(output, []);
        var cut = _answer.End == "incomplete" ? _answer.Items.LastOrDefault() : null;
        Close(output, cut);
        foreach (var call in _calls.Values.OrderBy(static call => call.Index))
        {
            if (call.Kind == ResponsesItemKind.FreeFormCall)
            {
                _events?.Arguments(output, call, call.Input);
            }

            _events?.ArgumentsDone(output, call);
            Finish(call, output, cut);
        }

        if (_events is not null)
        {
            _events.Whole(output, $"response.{_answer.End}", _answer, ended: true);
            return;
        }

        using var json = new Utf8JsonWriter(output, ResponsesAnswer.Options);
        _answer.Write(json, ended: true);
    }

    private void Begin(PooledBody output)
    {
        if (!_begun)
        {
            _begun = true;
            _events?.Whole(output, "response.created", _answer, ended: false);
            _events?.Whole(output, "response.in_progress", _answer, ended: false);
        }
    }

    private void Say(ResponsesItemKind kind, ResponsesPartKind partKind, string text, PooledBody output)
    {
        var item = Open(kind, output);
        if (item.Parts is not [.., var part] || part.Kind != partKind)
        {
            ClosePart(item, output);
            part = new ResponsesPart(partKind, item.Parts.Count);
            item.Parts.Add(part);
            _events?.Part(output, item, part, "added");
        }

        part.Text.Append(text);
        if (partKind == ResponsesPartKind.Text && context.Request.Logprobs)
        {
            _held = text; // its log probabilities follow, and are told with it
        }
        else
        {
            _events?.Delta(output, item, part, text, []);
        }
    }

    /// <summary>Tells the text that was held back for its log probabilities.</summary>
    private void Release(PooledBody output, List<JsonElement> logprobs)
    {
        if (_held is { } text)
        {
            _held = null;
            var part = _open!.Parts[^1];
            part.Logprobs.AddRange(logprobs);
            _events?.Delta(output, _open, part, text, logprobs);
        }
    }

    /// <summary>A signature ends the thoughts that it proves; thoughts that nobody may read are an item of their own.</summary>
    private void Think(ReasoningDelta thoughts, PooledBody output)
    {
        if (thoughts.Text.Length > 0)
        {
            Say(ResponsesItemKind.Reasoning, ResponsesPartKind.Summary, thoughts.Text, output);
        }

        if (thoughts.Signature is { Length: > 0 } signature)
        {
            Open(ResponsesItemKind.Reasoning, output).Proof = new ForeignProof(ProofKind.Signature, signature);
            Close(output, null);
        }

        if (thoughts.Redacted is { Length: > 0 } redacted)
        {
            Close(output, null);
            Prove(new ForeignProof(ProofKind.Redacted, redacted), output);
        }
    }

    private void Call(ToolStart call, PooledBody output)
    {
        Close(output, null);
        if (call.Signature is { } signature)
        {
            Prove(new ForeignProof(ProofKind.Call, signature, call.Id), output);
        }

        var item = _answer.Add(context.Request.IsFreeForm(call.Name) ? ResponsesItemKind.FreeFormCall : ResponsesItemKind.Call, call);
        _calls[call.Index] = item;
        _events?.Item(output, "response.output_item.added", item);
    }

    private void Prove(ForeignProof proof, PooledBody output)
    {
        Open(ResponsesItemKind.Reasoning, output).Proof = proof;
        Close(output, null);
    }

    private ResponsesItem Open(ResponsesItemKind kind, PooledBody output)
    {
        if (_open?.Kind != kind)
        {
            Close(output, null);
            _open = _answer.Add(kind);
            _events?.Item(output, "response.output_item.added", _open);
        }

        return _open!;
    }

    /// <param name="cut">The item at which the answer broke off, if any.</param>
    private void Close(PooledBody output, ResponsesItem? cut)
    {
        if (_open is { } item)
        {
            ClosePart(item, output);
            Finish(item, output, cut);
            _open = null;
        }
    }

    private void ClosePart(ResponsesItem item, PooledBody output)
    {
        if (item.Parts is [.., var part])
        {
            _events?.Done(output, item, part);
            _events?.Part(output, item, part, "done");
        }
    }

    private void Finish(ResponsesItem item, PooledBody output, ResponsesItem? cut)
    {
        item.Status = ReferenceEquals(item, cut) ? "incomplete" : "completed";
        _events?.Item(output, "response.output_item.done", item);
    }
}
