using Gateflow.Gateway.Relay;
using Gateflow.Gateway.Translation;

namespace Gateflow.Tests.Relay;

public sealed class ResponseMarksTests
{
    [Fact]
    public void Shims_MoreThanTheHeaderTakes_AreTheFirstOnesAndWhole()
    {
        var notes = new ShimNotes();
        for (var i = 0; i < 200; i++)
        {
            notes.Dropped($"parameter_{i}");
        }

        var header = ResponseMarks.Shims(notes);

        Assert.InRange(header.Length, 2_000, 2_048);
        var told = header.Split(", ");
        Assert.Equal(notes.All.Take(told.Length), told);
    }

    [Fact]
    public void Shims_OneThatIsLongerThanTheHeader_IsCut()
    {
        var notes = new ShimNotes();
        notes.Dropped(new string('p', 3_000));

        Assert.Equal(2_048, ResponseMarks.Shims(notes).Length);
    }
}
