using System.Text;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers;

/// <summary>The tool calls of an answer, put together from pieces; what is more than a bound is not kept, and the calls count as unknown.</summary>
internal sealed class KeptCalls
{
    private const int MostCalls = 16;
    private const int MostCharacters = AnswerFacts.MaxContent;

    private readonly List<(int Index, string Name, StringBuilder Arguments, bool FreeForm)> _calls = [];
    private int _length;

    /// <summary>True when there were too many calls or too long ones.</summary>
    public bool Overflow { get; private set; }

    public int Count => _calls.Count;

    /// <summary>Each call's tool and the text of its arguments.</summary>
    public IReadOnlyList<(string Name, string Arguments)> Read() =>
        [.. _calls.Select(static c => (c.Name, c.FreeForm ? FreeFormTool.Arguments(c.Arguments.ToString()) : c.Arguments.ToString()))];

    /// <summary>A call starts; later pieces name its index.</summary>
    /// <param name="freeForm">Whether the pieces are those of a text, which is kept as a function's arguments.</param>
    public void Begin(int index, string name, bool freeForm = false)
    {
        if (_calls.Count == MostCalls)
        {
            Overflow = true;
            return;
        }

        _calls.Add((index, name, new StringBuilder(), freeForm));
    }

    /// <summary>Adds to the arguments of a call; pieces of one that never started are left out.</summary>
    public void Add(int index, string json)
    {
        var at = _calls.FindLastIndex(c => c.Index == index);
        if (at >= 0)
        {
            Append(at, json);
        }
    }

    /// <summary>Adds to the arguments of the call that started last.</summary>
    public void AddToLast(string json)
    {
        if (_calls.Count > 0)
        {
            Append(_calls.Count - 1, json);
        }
    }

    private void Append(int at, string json)
    {
        _length += json.Length;
        Overflow |= _length > MostCharacters;
        if (!Overflow)
        {
            _calls[at].Arguments.Append(json);
        }
    }
}
