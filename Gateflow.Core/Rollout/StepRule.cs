using Gateflow.Core.Migrations;

namespace Gateflow.Core.Rollout;

/// <summary>The rule behind <see cref="StepDecision.Next"/>, its terms computed once.</summary>
internal sealed class StepRule
{
    private readonly StepInput _in;
    private readonly RolloutStep _step;
    private readonly StepWords _words;
    private readonly bool _last;
    private readonly long _missing;
    private readonly GuardrailReading? _unjudged;
    private readonly GuardrailReading? _watched;

    public StepRule(StepInput input)
    {
        _in = input;
        _step = input.Steps[input.Step];
        _last = input.Step == input.Steps.Count - 1;
        _words = new StepWords(input);

        // Without live traffic on the target nothing can be missing of it.
        var live = _step.Weight > 0;
        _missing = live ? Math.Max(0, input.Config.MinSamples - input.StepTargetOutcomes) : 0;
        _unjudged = live ? input.Readings.Where(x => !x.Judged && x.BlocksAdvance).MaxBy(x => x.Needed) : null;
        _watched = input.Readings.FirstOrDefault(x => x.Verdict == Verdict.Watch);
    }

    private bool Sufficient => _missing == 0 && _unjudged is null;

    private bool GateOpen => !_step.Gate || _in.Soaking || _in.Approvals >= Math.Max(1, _in.Config.ApprovalsRequired);

    private long Needed => Math.Max(_missing, _unjudged?.Needed ?? 0);

    public StepDecision Decide()
    {
        if (_in.Readings.FirstOrDefault(x => x.Verdict == Verdict.Breach) is { } breach)
        {
            return _in.Config.AutoRollback
                ? new StepDecision { Kind = DecisionKind.Rollback, Reading = breach, Sentence = _words.Rollback(breach) }
                : Hold(HoldReason.BreachNoAutoRollback, _words.Breach(breach), breach);
        }

        var until = _in.StepStartedAt + (_in.Soaking ? _in.Config.Soak : _step.Hold);
        if (_in.ShadowDone || (!_in.Paused && !GateOpen && _step.IsShadow && _in.Now >= until))
        {
            return Hold(HoldReason.ShadowDone, _words.ShadowDone);
        }

        if (_in.Paused)
        {
            return new StepDecision { Kind = DecisionKind.Wait, Sentence = _words.Paused };
        }

        if (_in.Now < until)
        {
            return new StepDecision { Kind = DecisionKind.Wait, Until = until, Needed = Needed, Sentence = _words.Wait(until, _missing, _unjudged) };
        }

        return _last && !_in.Soaking ? Finish() : Obstacle() ?? Go();
    }

    private StepDecision Finish() => GateOpen
        ? new StepDecision { Kind = DecisionKind.Finish, Sentence = _words.Finish }
        : Hold(HoldReason.Approval, _words.Approval);

    private StepDecision Go()
    {
        var warning = Sufficient ? null : _words.Warning(_missing, _unjudged);
        return _in.Soaking
            ? new StepDecision { Kind = DecisionKind.Complete, Warning = warning, Sentence = StepWords.Complete }
            : new StepDecision { Kind = DecisionKind.Advance, NextStep = _in.Step + 1, Warning = warning, Sentence = _words.Advance };
    }

    private StepDecision? Obstacle()
    {
        if (_in.OutageHold && _step.Weight > 0)
        {
            return HoldOrAsk(HoldReason.Outage, _words.Outage);
        }

        if (_in.HangUpHold && _step.Weight > 0)
        {
            return HoldOrAsk(HoldReason.HangUps, StepWords.HangUps);
        }

        if (_watched is not null)
        {
            return HoldOrAsk(HoldReason.Watch, StepWords.Watch(_watched), _watched);
        }

        if (_in.Split is { Verdict: Verdict.Watch } split && _step.Weight > 0)
        {
            return HoldOrAsk(HoldReason.Split, split.Detail, split);
        }

        if (!Sufficient && _in.Config.OnInsufficient == OnInsufficient.Hold)
        {
            var silent = _in.StepTargetOutcomes == 0 && _in.Readings.All(x => x.Verdict == Verdict.NoTraffic);
            return silent
                ? HoldOrAsk(HoldReason.NoTraffic, _words.NoTraffic(Needed))
                : HoldOrAsk(HoldReason.NotEnoughData, _words.NotEnough(_missing, _unjudged), _unjudged);
        }

        if (!GateOpen)
        {
            return Hold(HoldReason.Approval, _words.Approval);
        }

        return _in.Soaking || StepWindows.IsOpen(_in.Config, _in.Now) ? null : Closed();
    }

    private StepDecision Closed()
    {
        var opens = StepWindows.NextOpening(_in.Config, _in.Now);
        return Hold(HoldReason.Window, _words.Window(opens)) with { Until = opens };
    }

    private StepDecision HoldOrAsk(HoldReason reason, string sentence, GuardrailReading? reading = null)
    {
        var hold = Hold(reason, sentence, reading);
        var most = TimeSpan.FromHours(Math.Clamp(_in.Config.MaxHoldHours, 0, 1e6));
        return _in.HeldSince is { } since && _in.Now - since >= most
            ? hold with { Kind = DecisionKind.AskPerson, Reason = HoldReason.MaxHold, Sentence = StepWords.Ask(_in.Now - since, sentence) }
            : hold;
    }

    private StepDecision Hold(HoldReason reason, string sentence, GuardrailReading? reading = null) =>
        new() { Kind = DecisionKind.Hold, Reason = reason, Sentence = sentence, Needed = Needed, Reading = reading };
}
