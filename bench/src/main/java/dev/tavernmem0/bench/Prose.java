package dev.tavernmem0.bench;

import java.util.List;
import java.util.Random;

/** Text that looks, and compresses, somewhat like what people and models write in chats. */
final class Prose implements Writing {
  private static final List<String> WORDS =
      List.of(
          ("the of and a to in he was that she his it her with as had for you at on him is I be"
                  + " not but they said by this from have all there were what one when which or my so"
                  + " if out up into them then could would about now some been time over before"
                  + " after lantern harbour window whisper silver quietly promise remember yesterday"
                  + " mountain letter brother forest laughter shoulder kitchen thunder ribbon journey"
                  + " breath garden candle stranger morning evening cat rain coffee question answer"
                  + " smiled turned looked leaned walked waited nodded slowly softly almost nothing"
                  + " something everything between against towards beneath behind sister captain map"
                  + " coast tide kettle table chair cellar market violin stone bridge river winter"
                  + " summer gold leather hand hands eyes voice door light dark cold warm old new"
                  + " little long last first never always perhaps")
              .split(" "));

  private static final List<String> CLAUSES =
      List.of(
          ("她轻轻地笑了笑|窗外的雨还在下|我记得你昨天说过的话|他把信放在桌上|我们明天一起去海边吧|那只猫睡在灯下|她抬起头看着你"
                  + "|茶已经凉了|你总是这么说|山路很长|他没有回答|夜里的风有点冷|这件事只有我知道|妹妹住在杭州|他会拉小提琴"
                  + "|我不喜欢吃香菜|别担心|她握紧了手里的地图|灯塔的光一闪一闪|老师说过|从那以后|也许你是对的|冬天快到了|旧书的味道"
                  + "|她低声说|我想再听一遍|楼下传来脚步声|时间还早|他的声音很轻|你还记得那条河吗")
              .split("\\|"));

  private final Random random;

  Prose(Random random) {
    this.random = random;
  }

  @Override
  public String english(int length) {
    StringBuilder text = new StringBuilder(length + 20);
    boolean begins = true;
    while (text.length() < length) {
      // Squared: the words at the front are the frequent ones.
      double rank = random.nextDouble() * random.nextDouble();
      String word = WORDS.get((int) (rank * WORDS.size()));
      text.append(begins ? Character.toUpperCase(word.charAt(0)) : word.charAt(0));
      text.append(word, 1, word.length());
      begins = random.nextInt(11) == 0;
      text.append(begins ? ". " : random.nextInt(12) == 0 ? ", " : " ");
      if (begins && random.nextInt(5) == 0) {
        text.append("\n\n");
      }
    }
    return text.toString().strip();
  }

  @Override
  public String chinese(int length) {
    StringBuilder text = new StringBuilder(length + 20);
    while (text.length() < length) {
      text.append(CLAUSES.get(random.nextInt(CLAUSES.size())));
      text.append(random.nextInt(3) == 0 ? "。" : "，");
    }
    return text.toString();
  }
}
